"""Facts about tui.terminal."""
