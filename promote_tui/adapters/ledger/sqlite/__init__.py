"""The ledger of one machine, in SQLite."""
