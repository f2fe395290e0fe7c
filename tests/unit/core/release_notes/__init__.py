"""Facts about core.release_notes."""
