"""Facts about adapters that need nothing outside."""
