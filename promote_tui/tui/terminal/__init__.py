"""The terminal itself: suspending, the pager, the end of a log."""
