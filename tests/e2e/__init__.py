"""Facts about the e2e."""
