"""A log in the person's own pager: a private copy with its colours, and nothing else that acts on a terminal."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from promote_tui.core.errors import PromoteError
from promote_tui.tui.presentation.ansi import colour_text
from promote_tui.tui.terminal.private_copy import PrivateCopy
from promote_tui.tui.terminal.suspend import run_in_terminal

if TYPE_CHECKING:
    from promote_tui.tui.terminal.suspend import SuspendableApp

USUAL = "less -R"
_PIECE = 1 << 20
_HARMLESS = re.compile(rb"[\x20-\x7e]*\n?")


def cleaned_copy(log: Path) -> PrivateCopy:
    """Return a new file that only the user can read, with what a pager may show of a log; raises PromoteError."""
    try:
        with log.open("rb") as file:
            handle, name = tempfile.mkstemp(prefix="promote-tui-", suffix=".log")
            with os.fdopen(handle, "wb") as out:
                while raw := file.readline(_PIECE):
                    out.write(raw if _HARMLESS.fullmatch(raw) else _cleaned(raw))
    except OSError as error:
        raise PromoteError(str(log), error.strerror or str(error), "open it where the run was started") from error
    return PrivateCopy(Path(name))


def _cleaned(raw: bytes) -> bytes:
    end = b"\n" if raw.endswith(b"\n") else b""
    return colour_text(raw.removesuffix(b"\n").decode("utf-8", "replace")).encode() + end


def open_pager(app: SuspendableApp, copy: Path) -> str:
    """Let $PAGER have the terminal until it is left; return what went wrong, in words, or nothing."""
    wanted = os.environ.get("PAGER") or USUAL
    try:
        run_in_terminal(app, [*shlex.split(wanted), str(copy)], {"LESS": "R", **os.environ})
    except SuspendNotSupported:
        return "this terminal cannot be handed to a pager"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return f"{wanted}: {reason}; set PAGER to the pager that you have"
    return ""
