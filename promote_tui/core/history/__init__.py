"""What the record says of the past: how a commit came to a stage, and the matrix of a moment."""
