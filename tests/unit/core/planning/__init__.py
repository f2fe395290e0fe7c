"""Facts about core.planning."""
