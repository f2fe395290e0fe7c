"""What the app does of its own accord while it is open: reads, watches runs, and keeps an eye on its window."""
