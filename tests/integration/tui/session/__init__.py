"""Facts about tui.session."""
