"""Facts about the tui."""
