"""The steps of a run and how long each took, by its events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Progress: TypeAlias = Literal["todo", "running", "done", "failed", "skipped"]

# name, the event that it begins with, the events that end it
_STEPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("plan", "", ("planned",)),
    ("lock", "planned", ("locked",)),
    ("check again", "locked", ("checked",)),
    ("deploy", "checked", ("exited",)),
    ("read back", "exited", ("observed", "verified", "failed", "rolled_back", "unknown")),
    ("smoke test", "landed", ("smoked",)),
    ("bake", "smoked", ("baked",)),
    ("record", "", ("released",)),
)


class Step(Value):
    """One step of a run; `seconds` is None where it has not begun or took no time of its own."""

    name: str
    progress: Progress
    seconds: float | None = None


def steps(run: Run, now: datetime) -> list[Step]:
    """Return every step in order, as far as the run has come."""
    times = dict(reversed(run.times))
    wanted = [step for step in _STEPS if _asked(run, step[0])]
    ends = [next((times[name] for name in names if name in times), None) for _, _, names in wanted]
    found: list[Step] = []
    for (name, begin, _), end in zip(wanted, ends, strict=True):
        start = times.get(begin) or _start(run, name, times)
        progress = _progress(run, name, done=end is not None, before=found)
        stop = end or (now if progress == "running" else None)
        found.append(Step(name, progress, (stop - start).total_seconds() if start and stop else None))
    return found


def _asked(run: Run, name: str) -> bool:
    """Tell whether a run has the step: a smoke test and a bake are there once it is known that they follow."""
    match name:
        case "smoke test":
            return run.deploy_completed is not None and run.deploy_completed.smoke
        case "bake":
            return run.deploy_completed is not None and run.deploy_completed.bake > 0
        case _:
            return True


def _start(run: Run, name: str, times: Mapping[str, datetime]) -> datetime | None:
    """Return when a step began that begins with no event of its own."""
    if name == "record":
        return run.ended_at if run.deploy_completed else times.get("observed") or run.ended_at
    return times.get("landed") if name == "bake" else None


def _progress(  # noqa: PLR0911 - one line a case
    run: Run, name: str, *, done: bool, before: Sequence[Step]
) -> Progress:
    proof = {"smoke test": run.smoke_test, "bake": run.alarm_watch}.get(name)
    if proof is not None:
        return "done" if proof.passed else "failed"
    if run.deploy_completed is not None and run.outcome is Outcome.FAILED and not done and name == "bake":
        return "skipped"
    if name == "deploy" and run.deploy_completed is None and run.outcome in {Outcome.FAILED, Outcome.ROLLED_BACK}:
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
