"""Facts about engine.runs."""
