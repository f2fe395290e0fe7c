"""The builds of commits at the hosts of repositories."""
