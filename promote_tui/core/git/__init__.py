"""Commits, how two of them relate, diffs and links, as values."""
