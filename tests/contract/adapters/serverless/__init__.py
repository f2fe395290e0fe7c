"""Facts about adapters.serverless."""
