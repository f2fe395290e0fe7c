"""Facts about core.parameters."""
