"""A package: its files, its manifest, and how its code differs from what runs."""
