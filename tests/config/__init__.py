"""Facts about the configuration file."""
