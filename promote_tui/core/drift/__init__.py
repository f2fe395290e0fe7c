"""How stages differ: commits, configuration and live resources."""
