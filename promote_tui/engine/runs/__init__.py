"""Executes plans, proves what came of them, and takes up what a dead runner left."""
