"""The way from one screen to another; each is imported when it is first opened, not before the first frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix import CellKey
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.app import PromoteApp
    from promote_tui.tui.state.promotion import Batch


def commits_screen(service: str, stage: str, *, branch: str | None = None, rollback_reason: str = "") -> Screen[None]:
    """Return the commits of a service; with a reason, to choose the one that a stage goes back to."""
    from promote_tui.tui.screens.service import ServiceScreen  # noqa: PLC0415 - not before it is opened

    return ServiceScreen(service, stage, branch=branch, back=rollback_reason)


def goal_screen(key: CellKey, error: PromoteError | None) -> Screen[None]:
    """Return the commits to choose the one from that a stage goes back to; the error says why it has to be chosen."""
    return commits_screen(*key, rollback_reason=error.cause if error else "")


def review_screen(
    key: CellKey,
    *,
    revision: str | None = None,
    draft: Draft | None = None,
    queue: Sequence[CellKey] = (),
    is_rollback: bool = False,
) -> Screen[None]:
    """Return the review of a promotion into a cell, or of its way back; the `queue` is reviewed after it."""
    from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - not before it is opened
    from promote_tui.tui.state.promotion import Batch, ReviewRequest  # noqa: PLC0415 - the same

    return PromoteScreen(ReviewRequest(key, revision, draft, is_rollback), Batch(tuple(queue)))


def run_screen(run: str) -> Screen[None]:
    """Return the page of a run, live or past."""
    from promote_tui.tui.screens.run import RunScreen  # noqa: PLC0415 - not before it is opened

    return RunScreen(run)


def open_commits(app: PromoteApp, key: CellKey) -> None:
    """Open the commits of a cell's service."""
    app.push_screen(commits_screen(*key))


def open_diff(app: PromoteApp, service: str, ends: tuple[str | None, str], title: str) -> None:
    """Open the difference between two commits, the older one first."""
    from promote_tui.tui.screens.diff import DiffScreen  # noqa: PLC0415 - not before it is opened

    app.push_screen(DiffScreen(service, *ends, title))


def open_diff_of(app: PromoteApp, draft: Draft) -> None:
    """Open the difference between what runs in a stage and what a draft would bring."""
    base = draft.deployed.sha if draft.deployed else None
    title = f"{draft.target.stage} to {draft.commit.short}"
    open_diff(app, draft.target.service, (base, draft.commit.sha), title)


def go_on_with(app: PromoteApp, batch: Batch) -> None:
    """Review the next of a batch in the place of this one; behind the last, show the runs."""
    from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - not before it is opened
    from promote_tui.tui.state.promotion import ReviewRequest  # noqa: PLC0415 - the same

    if batch.queue:
        app.switch_screen(PromoteScreen(ReviewRequest(batch.queue[0]), batch.rest()))
    else:
        app.pop_screen()
        app.switch_mode("runs")


def mark_again(app: PromoteApp, cells: Sequence[CellKey]) -> None:
    """Leave the rest of a batch marked, and say so."""
    app.marked |= {*cells}
    app.say(f"{plural(len(cells), 'cell')} not promoted and still marked")
