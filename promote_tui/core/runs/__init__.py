"""A run: its events, what they fold to, its verdict, and what counts as verified."""
