"""Commits and diffs, drawn."""
