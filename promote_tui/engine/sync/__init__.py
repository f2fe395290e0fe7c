"""Sync: reading what is due, and deploying it stage by stage."""
