"""Facts about tui.presentation.pipeline."""
