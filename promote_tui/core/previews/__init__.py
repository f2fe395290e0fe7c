"""Previews: stages that are made from branches, and removed again."""
