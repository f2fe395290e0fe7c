"""Facts about adapters.worktrees."""
