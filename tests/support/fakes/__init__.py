"""Stand-ins behind the ports."""
