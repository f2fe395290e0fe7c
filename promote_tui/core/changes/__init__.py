"""What a deploy would change in the infrastructure, and where each change comes from."""
