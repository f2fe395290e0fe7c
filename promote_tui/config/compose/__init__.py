"""The services of a serverless-compose.yml, as those of the configuration that names it."""
