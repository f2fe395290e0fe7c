"""What `--json` prints, as typed values: the names, the order and the nulls stand here once."""
