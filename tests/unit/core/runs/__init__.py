"""Facts about core.runs."""
