"""What screens share: the board, drafts, drifts, commits."""
