"""Git: commits, ancestry, revisions, mirrors, and the configuration on its remote."""
