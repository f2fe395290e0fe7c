"""Freeing stuck stacks: what may be done from each status, what is refused and why, and how it is confirmed."""
