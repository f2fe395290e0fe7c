"""The way on from a run: the review of its commit for the next stage, or the commits where the stage allows none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.tui.background import silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message_pump import MessagePump
    from textual.screen import Screen

    from promote_tui.core.planning.next_stage import Onward
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.app import PromoteApp


def ask(app: PromoteApp, run: Run, to: MessagePump, then: Callable[[Onward | None], object]) -> None:
    """Ask in the background what the next stage's branches allow.

    Where that cannot be told nothing is answered: the review says why, where somebody opens it.
    """
    engine = app.the_engine
    app.background.run(to, lambda: engine.runs.next_stage(run), then, silent)


def screen(service: str, commit: str, stage: str, onward: Onward | None) -> Screen[None]:
    """Return the review, or the commits of a branch that the stage allows; None: the branches are not known yet."""
    if onward is not None and not onward.commit:
        from promote_tui.tui.screens.service import ServiceScreen  # noqa: PLC0415 - not before it is opened

        return ServiceScreen(service, stage, branch=onward.branch or None)
    from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - the same

    return PromoteScreen(service, stage, revision=onward.commit if onward else commit, draft=None)
