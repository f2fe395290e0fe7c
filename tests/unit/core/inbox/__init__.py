"""Facts about core.inbox."""
