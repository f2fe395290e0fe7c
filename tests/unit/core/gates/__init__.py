"""Facts about core.gates."""
