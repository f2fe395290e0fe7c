"""What makes the first frame early: module stand-ins and the last matrix, cached."""
