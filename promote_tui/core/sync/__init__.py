"""What sync decides: where a stage should take the tip of its branch, or what was verified before it."""
