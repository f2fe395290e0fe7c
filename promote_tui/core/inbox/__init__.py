"""What waits for a person, over all services and releases."""
