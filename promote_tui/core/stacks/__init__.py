"""What a stack says: cells and the progress of an update."""
