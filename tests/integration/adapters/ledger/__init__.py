"""Facts about adapters.ledger."""
