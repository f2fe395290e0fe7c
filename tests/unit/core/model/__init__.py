"""Facts about core.model."""
