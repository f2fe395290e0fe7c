"""A run, drawn."""
