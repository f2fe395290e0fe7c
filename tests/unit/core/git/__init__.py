"""Facts about core.git."""
