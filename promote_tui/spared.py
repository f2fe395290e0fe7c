"""A quick start: Textual's own command palette, which this program switches off, is not imported for the first frame.

`textual.app` imports the palette whether or not an app has one, and with it input fields, option lists and
fuzzy search: a seventh of what a bare app's first frame takes. While Textual is imported, empty classes stand
in its place.
"""

from __future__ import annotations

import contextlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PALETTE = "textual.command"


class _StandIn(ModuleType):
    """Has a class of any name; none of them is ever made an object of while the palette is off."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


@contextlib.contextmanager
def without_textuals_palette() -> Iterator[None]:
    """Import Textual in here; whoever imports the palette afterwards gets the real one."""
    if _PALETTE in sys.modules:
        yield
        return
    sys.modules[_PALETTE] = _StandIn(_PALETTE)
    try:
        yield
    finally:
        del sys.modules[_PALETTE]
