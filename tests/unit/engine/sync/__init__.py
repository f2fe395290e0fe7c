"""Facts about engine.sync."""
