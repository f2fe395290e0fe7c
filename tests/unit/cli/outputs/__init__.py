"""Facts about what `--json` prints."""
