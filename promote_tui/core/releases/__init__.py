"""Releases: several services that go into a stage as one, wave by wave."""
