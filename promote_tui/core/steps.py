"""The steps of a run and how long each took, as its events tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.run import Outcome, Run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Progress: TypeAlias = Literal["todo", "running", "done", "failed", "skipped"]

# name, the event that it begins with, the events that end it
_STEPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("plan", "", ("planned",)),
    ("lock", "planned", ("locked",)),
    ("check again", "locked", ("checked",)),
    ("deploy", "checked", ("exited",)),
    ("read back", "exited", ("observed", "verified", "failed", "rolled_back", "unknown")),
    ("record", "observed", ("released",)),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run; `seconds` is None where it has not begun or took no time of its own."""

    name: str
    progress: Progress
    seconds: float | None = None


def steps(run: Run, now: datetime) -> list[Step]:
    """Return every step in order, as far as the run has come."""
    times = dict(reversed(run.times))
    ends = [next((times[name] for name in names if name in times), None) for _, _, names in _STEPS]
    found: list[Step] = []
    for (name, begin, _), end in zip(_STEPS, ends, strict=True):
        start = times.get(begin) or (run.ended_at if name == "record" else None)
        progress = _progress(run, name, done=end is not None, before=found)
        stop = end or (now if progress == "running" else None)
        found.append(Step(name, progress, (stop - start).total_seconds() if start and stop else None))
    return found


def _progress(run: Run, name: str, *, done: bool, before: Sequence[Step]) -> Progress:
    if name == "deploy" and run.outcome in {Outcome.FAILED, Outcome.ROLLED_BACK}:
        return "failed"
    if name == "read back" and run.outcome is Outcome.UNKNOWN:
        return "failed"
    if done:
        return "done"
    if run.outcome is Outcome.NOT_SUBMITTED and name != "record":
        stopped = any(step.progress in {"failed", "skipped"} for step in before)
        return "skipped" if stopped or run.cancelled else "failed"
    earlier = all(step.progress in {"done", "failed", "skipped"} for step in before)
    return "running" if earlier and run.live else "todo"
