"""Facts about startup."""
