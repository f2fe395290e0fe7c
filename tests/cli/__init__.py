"""Facts about the cli."""
