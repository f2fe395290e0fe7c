"""Private files and the locks on them."""
