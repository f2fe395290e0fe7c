"""The demo's repositories and their history."""
