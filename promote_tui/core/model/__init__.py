"""The configured nouns: pipeline, stages, services, team rules, channels."""
