"""What a key does when it is more than a change of the screen."""
