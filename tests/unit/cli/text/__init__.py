"""How the command line words what it shows."""
