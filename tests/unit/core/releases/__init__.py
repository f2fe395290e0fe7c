"""Facts about releases."""
