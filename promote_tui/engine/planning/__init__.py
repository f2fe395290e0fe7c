"""Makes a plan: facts, gates, changes, artifacts, fingerprint."""
