"""Facts about engine.previews."""
