"""Facts about core.organization."""
