"""A diff in a private file for a pager: with colours of ours, and nothing else that acts on a terminal."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.text import clean
from promote_tui.tui.terminal.private_copy import PrivateCopy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.core.git.diff import LineKind, PatchLine

_LONGEST = 10_000
_COLOURS: Mapping[LineKind, str] = {"added": "32", "removed": "31", "hunk": "36", "file": "1", "meta": "2"}
_SIGNS: Mapping[LineKind, str] = {"added": "+", "removed": "-", "same": " ", "note": "\\ "}


def patch_file(lines: Iterable[PatchLine], *, colours: bool) -> PrivateCopy:
    """Return a new file that only the user can read; raises PromoteError where the disk refuses."""
    try:
        handle, name = tempfile.mkstemp(prefix="promote-tui-", suffix=".diff")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.writelines(f"{_row(found, colours=colours)}\n" for found in lines)
    except OSError as error:
        raise PromoteError(tempfile.gettempdir(), error.strerror or str(error), "free some disk space") from error
    return PrivateCopy(Path(name))


def _row(found: PatchLine, *, colours: bool) -> str:
    text = clean(f"{_SIGNS.get(found.kind, '')}{found.text.expandtabs(4)}", limit=_LONGEST)
    colour = _COLOURS.get(found.kind) if colours else None
    return f"\x1b[{colour}m{text}\x1b[0m" if colour else text
