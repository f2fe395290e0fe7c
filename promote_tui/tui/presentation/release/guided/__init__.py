"""A release that was planned, on its way from the marks to its end, drawn."""
