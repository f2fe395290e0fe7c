"""Pure functions from core values to styled text; no widget, no I/O, no clock."""
