"""The IAM policies of a stage, made from the configuration."""
