"""The terminal UI: draws core values and calls the engine that it was handed."""
