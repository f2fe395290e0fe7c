"""The next step after a run: the review of its commit for the next stage, or the commits to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.actions import navigation
from promote_tui.tui.background import ignore_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from promote_tui.core.planning.next_stage import NextStage
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.background import Loop
    from promote_tui.tui.host import Host


def stage_after(host: Host, run: Run) -> str | None:
    """Return the stage that comes after a run's, where there is one."""
    return next((stage.name for stage in host.pipeline.stages if stage.after == run.stage), None)


def find_next_stage(host: Host, run: Run, to: Loop, then: Callable[[NextStage | None], object]) -> None:
    """Ask in the background what the next stage's branches allow.

    Where that cannot be told nothing is answered: the review says why, where somebody opens it.
    """
    engine = host.the_engine
    host.background.run(to, lambda: engine.runs.next_stage(run), then, ignore_error)


def next_stage_screen(service: str, commit: str, stage: str, onward: NextStage | None) -> Screen[None]:
    """Return the review, or the commits of a branch that the stage allows; None: the branches are not known yet."""
    if onward is not None and not onward.commit:
        return navigation.commits_screen(service, stage, branch=onward.branch or None)
    return navigation.review_screen((service, stage), revision=onward.commit if onward else commit)
