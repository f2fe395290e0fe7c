"""Which accounts stages deploy to, and whether those are the ones that the organization has for them."""
