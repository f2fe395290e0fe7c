"""Facts about demo.repositories."""
