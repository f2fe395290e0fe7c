"""Releases: planning them, the process that works on one, and what people answer."""
