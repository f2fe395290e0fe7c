"""Facts about core.history."""
