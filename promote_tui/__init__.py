"""promote-tui: see what runs where, and step a commit safely from stage to stage."""

__version__ = "0.1.0"
