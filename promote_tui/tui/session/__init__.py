"""What the app does by itself while it is open: read cells, watch runs, and watch the size of its window."""
