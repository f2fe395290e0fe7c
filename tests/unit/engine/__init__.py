"""Facts about engine."""
