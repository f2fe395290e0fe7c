"""How a command's result is shown: for each command one interface, with a view for people and one for scripts."""
