"""`preview`: stages that are made from branches."""
