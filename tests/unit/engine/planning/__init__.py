"""Facts about engine.planning."""
