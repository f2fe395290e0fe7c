"""Facts about core.safeguards."""
