"""Facts about adapters.git."""
