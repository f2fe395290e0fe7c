"""Facts about core.package."""
