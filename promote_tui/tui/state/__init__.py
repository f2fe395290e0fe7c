"""What screens share: the matrix, drafts, drifts, commits."""
