"""Facts about adapters."""
