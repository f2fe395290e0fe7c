"""Facts about the core."""
