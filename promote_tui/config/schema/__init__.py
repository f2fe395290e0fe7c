"""The configuration file's keys, each described; the descriptions become the JSON Schema for editors."""
