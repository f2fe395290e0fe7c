"""Where things are kept on this machine, by the platform's customs."""

from __future__ import annotations

from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("promote-tui", appauthor=False)


def state_folder() -> Path:
    """Return where the ledger, plans, runs and their logs are."""
    return Path(_DIRS.user_state_dir)


def cache_folder() -> Path:
    """Return where checkouts, mirrors and the validated configuration are; deleting it loses nothing."""
    return Path(_DIRS.user_cache_dir)
