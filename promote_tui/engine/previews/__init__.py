"""Previews: reading those that there are, deploying one from its branch, and removing it."""
