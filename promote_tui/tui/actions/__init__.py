"""Actions: what a key does beyond a change of the screen."""
