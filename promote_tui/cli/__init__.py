"""The command line: commands, and their rendering as text and JSON."""
