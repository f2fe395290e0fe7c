"""Facts about tui.widgets."""
