"""Facts about adapters.aws."""
