"""Facts about tui."""
