"""Facts about tui.presentation."""
