"""The way on from a run: the review of its commit for the next stage, or the commits where the stage allows none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.tui import messages

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.screen import Screen

    from promote_tui.core.planning.next_stage import Onward
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.app import PromoteApp


def ask(app: PromoteApp, run: Run, to: MessagePump) -> None:
    """Ask in the background what the next stage's branches allow; where that cannot be told nothing is answered."""
    engine = app.the_engine

    def work() -> messages.OnwardRead | None:
        try:
            return messages.OnwardRead(run.id, engine.onward(run))
        except PromoteError:
            return None  # the review says why, where somebody opens it

    app.background(work, to)


def screen(service: str, commit: str, stage: str, onward: Onward | None) -> Screen[None]:
    """Return the review, or the commits of a branch that the stage allows; None: the branches are not known yet."""
    if onward is not None and not onward.commit:
        from promote_tui.tui.screens.service import ServiceScreen  # noqa: PLC0415 - not before it is opened

        return ServiceScreen(service, stage, branch=onward.branch or None)
    from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - the same

    return PromoteScreen(service, stage, revision=onward.commit if onward else commit, draft=None)
