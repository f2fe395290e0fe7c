"""Facts that a fake and its adapter share."""
