"""Facts about core."""
