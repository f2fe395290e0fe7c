"""What the faces call, by what it is about: commits, plans, decisions, runs, drift."""
