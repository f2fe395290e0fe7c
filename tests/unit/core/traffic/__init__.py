"""Facts about core.traffic."""
