"""A person's wish that a run stops: a file in its folder, which its runner looks for."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused
from promote_tui.engine.state_dir import write_private

if TYPE_CHECKING:
    from promote_tui.engine.context import Context

_FILE = "cancel"
_LONGEST_NAME = 200


class Cancelled(Refused):
    """A person stopped the run before anything was deployed, or before it was proved."""


def ask_to_cancel(context: Context, run: str, who: str) -> None:
    """Ask the runner of a run to stop it; it looks about once a second."""
    write_private(context.folders.run(run) / _FILE, who)


def is_cancel_asked(context: Context, run: str) -> bool:
    """Tell whether somebody has asked that the run stops."""
    return (context.folders.run(run) / _FILE).exists()


def who_cancels(context: Context, run: str) -> str:
    """Return who asked that the run stops; empty where that cannot be read."""
    with contextlib.suppress(OSError):
        return (context.folders.run(run) / _FILE).read_text(encoding="utf-8")[:_LONGEST_NAME]
    return ""
