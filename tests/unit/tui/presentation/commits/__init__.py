"""Facts about tui.presentation.commits."""
