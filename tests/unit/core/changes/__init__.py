"""Facts about core.changes."""
