"""What can be copied and opened of a run."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from promote_tui.core.git.links import console_url
from promote_tui.core.runs.unsettled_runs import with_known_outcome
from promote_tui.tui.presentation.run.list import command_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.runs.run import Run


def row_copies(run: Run) -> list[tuple[str, str]]:
    """Return the run's id, its commit, and the command that watches it."""
    found = [("run", run.id), ("commit", run.to_commit), command_for(run), ("reason", run.cause)]
    return [(what, text) for what, text in found if text]


def page_copies(run: Run, log: Sequence[tuple[str, str]], *, is_orphaned: bool) -> list[tuple[str, str]]:
    """Return the reason of a failure first, then what is in sight of its log, and the run."""
    found = [
        ("reason", run.cause),
        *log,
        command_for(with_known_outcome(run, alive=not is_orphaned)),
        ("commit", run.to_commit),
        ("run", run.id),
        ("deploy's command", shlex.join(run.command)),
    ]
    return [(what, text) for what, text in found if text.strip()]


def console_page(run: Run, seen: str | None = None) -> list[tuple[str, str]]:
    """Return the stack in the console, as far as it is known; `seen` is its id by its events."""
    _, region, name = (*run.planned.key.split("/", 2), "", "")[:3]
    observed = run.observed.stack_id if run.observed else None
    return [("stack in the console", console_url(region, seen or observed or run.planned.stack_id or name))]
