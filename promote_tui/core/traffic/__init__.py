"""Which version of each function requests reach, and which commit that is."""
