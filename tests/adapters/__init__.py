"""Facts about the adapters."""
