"""Facts about cli.text."""
