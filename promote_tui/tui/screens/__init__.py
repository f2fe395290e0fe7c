"""The screens; each draws core values and asks the app for what blocks."""
