"""The builds of commits at GitHub, GitLab and Bitbucket."""
