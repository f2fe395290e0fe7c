"""Facts about parts together with what they stand on."""
