"""Stand-ins behind the ports; each passes the same contract tests as the adapter it stands for."""
