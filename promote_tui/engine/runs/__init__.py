"""Executes plans, proves deploys, and takes over what a dead runner left."""
