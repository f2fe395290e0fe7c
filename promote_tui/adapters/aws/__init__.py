"""AWS: accounts, sessions, log-ins, and one module for each service that is asked."""
