"""Facts about demo."""
