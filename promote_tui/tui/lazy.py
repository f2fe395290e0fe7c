"""Modules that are imported when something of them is first wanted, so that the first frame need not wait for them."""

from __future__ import annotations

import importlib


class Later:
    """Stands for a module; safe to be asked from any thread, as imports are."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, wanted: str) -> object:
        """Return what the module holds under this name."""
        return getattr(importlib.import_module(self._name), wanted)
