"""Facts about tui.state."""
