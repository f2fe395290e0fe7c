"""Facts about engine.inbox."""
