"""Facts without I/O."""
