"""Facts about tui.screens."""
