"""Modal questions; each returns an answer and knows nothing of who asked."""
