"""Facts about adapters.process."""
