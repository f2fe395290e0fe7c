"""A release of several services, drawn."""
