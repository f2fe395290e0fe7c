"""The matrix and what stands beside it, drawn."""
