"""Child processes: their environment, their log, their end."""
