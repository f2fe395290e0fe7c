"""Facts about adapters.files."""
