"""Facts about tui.presentation.run."""
