"""Plans: drafts, waves, what follows a deploy, and rollbacks."""
