"""Facts about engine.releases."""
