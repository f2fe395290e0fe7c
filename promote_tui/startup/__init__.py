"""What makes the first frame early: the last matrix, cached."""
