"""What was deployed to a stage, beside its cell: outputs, resources, the last failure, logs, and who deployed."""
