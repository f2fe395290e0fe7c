"""Facts about what was deployed to a stage, beside its cell."""
