"""Facts about the sandbox."""
