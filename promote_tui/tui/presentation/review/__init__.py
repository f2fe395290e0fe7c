"""A plan under review, drawn."""
