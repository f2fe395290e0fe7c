"""Facts about tui.actions."""
