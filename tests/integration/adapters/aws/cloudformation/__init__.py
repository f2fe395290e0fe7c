"""Facts about adapters.aws.cloudformation."""
