"""Facts about promote-tui."""
