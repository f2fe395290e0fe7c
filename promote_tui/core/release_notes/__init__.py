"""Release notes: the model and how it is rendered."""
