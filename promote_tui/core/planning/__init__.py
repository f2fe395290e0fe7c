"""Plans: drafts, waves, what follows a deploy, and the way back."""
