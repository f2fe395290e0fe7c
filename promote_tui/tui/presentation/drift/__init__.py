"""Drift, drawn."""
