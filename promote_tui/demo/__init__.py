"""A sandbox to try everything on: git repositories, services, an AWS emulator on loopback."""
