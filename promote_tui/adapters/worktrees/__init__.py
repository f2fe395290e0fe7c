"""A pool of work trees that are prepared, shared and reused."""
