"""The configuration file: its schema, its discovery, and every problem in it at once."""
