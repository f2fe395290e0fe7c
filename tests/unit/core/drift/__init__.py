"""Facts about core.drift."""
