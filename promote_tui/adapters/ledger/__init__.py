"""The ledger, embedded or shared by a team."""
