"""The team's ledger, in DynamoDB."""
