"""Facts about core.stacks."""
