"""Facts about adapters.serverless that need nothing outside."""
