"""The page of a run put together: its steps beside its log, and how it ended above both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.run import Outcome
from promote_tui.tui.presentation.run.outcome import first_failure_time, success_lines
from promote_tui.tui.presentation.run.progress import step_lines, target_lines
from promote_tui.tui.presentation.run.resources import resource_line, resource_lines
from promote_tui.tui.presentation.style import BLANK, ink, line

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.runs.run import Run
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.run.outcome import RunFollowUp, RunKeys
    from promote_tui.tui.presentation.run.progress import RunView
    from promote_tui.tui.presentation.run.resources import RunStyle

SIDE = 40
"""How wide the steps and the resources are beside the log."""
_AIR = 6
"""Lines that resources have at least beside the target."""
_FAILED = frozenset({Outcome.FAILED, Outcome.ROLLED_BACK})


def has_failed(run: Run | None) -> bool:
    """Tell whether a run failed or was stopped."""
    return run is not None and run.outcome in _FAILED


def has_cause(run: Run | None) -> bool:
    """Tell whether there is a reason for how a run ended."""
    return run is not None and run.outcome not in {Outcome.PENDING, Outcome.VERIFIED}


def cause_title(seen: RunView | None) -> Content:
    """Return `ROOT CAUSE  first failed event, 16:22:47`, or `WHY` where nothing has failed."""
    if seen is None or not has_failed(seen.run):
        return ink("WHY", "strong warn")
    title, when = ink("ROOT CAUSE", "strong bad"), first_failure_time(seen)
    return line(title, ink(f"  {when}", "muted")) if when else title


def side_lines(seen: RunView, look: RunStyle, height: int) -> list[Content]:
    """Return the steps, the resources, and the target where there is room for it, beside the log."""
    steps = step_lines(seen, look.glyphs, SIDE, look.frame)
    target = target_lines(seen.run, look.glyphs, SIDE)
    if height < len(steps) + len(target) + _AIR:
        target = []
    left = height - len(steps) - len(target) - (2 if target else 1)
    found = resource_lines(seen.stack, seen.trouble, look, SIDE, left)
    return [*steps, BLANK, *found, *([BLANK] if found else []), *target][:height]


def top_lines(seen: RunView, look: RunStyle, width: int) -> list[Content]:
    """Return the steps and the resources above the log, on a narrow screen."""
    steps = step_lines(seen, look.glyphs, width, look.frame)
    return [*steps, *resource_line(seen.stack, seen.trouble, look, width)]


def end_lines(seen: RunView, end: RunFollowUp, keys: RunKeys, glyphs: Glyphs, width: int) -> list[Content]:
    """Return that a run passed and what comes next, or that its runner is gone; else nothing."""
    if not seen.gone:
        return success_lines(seen.run, end, keys, glyphs, width)
    words = ink("the process that owned this run is gone   ", "warn")
    return [line(words, ink(keys.reconcile, "strong"), ink(" reconciles it"))]


def offered_actions(run: Run, *, is_orphaned: bool, has_next: bool) -> dict[str, bool]:
    """Return which actions make sense for a run in its present state."""
    outcome = run.outcome
    return {
        "stop": outcome is Outcome.PENDING and not is_orphaned,
        "reconcile": outcome is Outcome.UNKNOWN or is_orphaned,
        "again": not run.live and outcome not in {Outcome.VERIFIED, Outcome.UNKNOWN} and not run.planned.preview,
        "onward": outcome is Outcome.VERIFIED and has_next,
    }
