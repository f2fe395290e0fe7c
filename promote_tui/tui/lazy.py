"""What is imported when it is first wanted, so that the first frame need not wait for it."""

from __future__ import annotations

import importlib
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Lazy(Generic[T]):
    """Names something as `module:name`; safe to be loaded in any thread, as imports are."""

    def __init__(self, path: str) -> None:
        self.path = path

    def load(self) -> T:
        """Return it, its module imported."""
        module, _, name = self.path.partition(":")
        return cast("T", getattr(importlib.import_module(module), name))
