"""Facts about compose files."""
