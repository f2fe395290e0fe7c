"""Facts about cli.commands."""
