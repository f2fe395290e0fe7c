"""Facts about core.previews."""
