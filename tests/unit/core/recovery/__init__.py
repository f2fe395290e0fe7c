"""Facts about core.recovery."""
