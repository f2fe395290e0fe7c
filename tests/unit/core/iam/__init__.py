"""Facts about core.iam."""
