"""A quick start: two things that Textual imports and this program never uses are not imported for the first frame.

`textual.app` imports Textual's own command palette whether or not an app has one, and with it input fields,
option lists and fuzzy search: a seventh of what a bare app's first frame takes. While Textual is imported,
empty classes stand in its place. asyncio imports `ssl`, and with it OpenSSL, for connections that the terminal
UI never opens: it does without, as it would on a Python that was built without it. Whoever needs either of
them later, as boto3 needs `ssl`, imports the real one.
"""

from __future__ import annotations

import contextlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _StandIn(ModuleType):
    """Has a class of any name; none of them is ever made an object of while the palette is off."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def _stand_ins() -> dict[str, ModuleType | None]:
    """Return what stands in whose place; None makes an import fail, which asyncio is ready for."""
    return {"textual.command": _StandIn("textual.command"), "ssl": None}


@contextlib.contextmanager
def without_what_is_not_used() -> Iterator[None]:
    """Import Textual in here; what was imported before stays, whoever imports it afterwards gets the real one."""
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]  # None is documented: it cannot be imported
    missing = {name: module for name, module in _stand_ins().items() if name not in modules}
    modules.update(missing)
    try:
        yield
    finally:
        for name in missing:
            del modules[name]
