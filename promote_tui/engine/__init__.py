"""Plans and executes: gathers facts through the ports, lets the core decide, acts, journals."""
