"""Facts about core.sync."""
