"""The way from one screen to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural, short
from promote_tui.tui.lazy import Lazy
from promote_tui.tui.registry import ShowCommits, ShowDescription, ShowDiff, ShowRelease, ShowReview, WatchRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.releases.planning import ReleaseRequest
    from promote_tui.tui.host import Host
    from promote_tui.tui.state.promotion_review import Batch, ReviewRequest

_REQUEST: Lazy[type[ReviewRequest]] = Lazy("promote_tui.tui.state.promotion_review:ReviewRequest")
_BATCH: Lazy[type[Batch]] = Lazy("promote_tui.tui.state.promotion_review:Batch")


def commits_screen(
    service: str, stage: str, *, branch: str | None = None, commit: str | None = None, rollback_reason: str = ""
) -> Screen[None]:
    """Return the commits of a service; with a reason, to choose the one that a stage goes back to."""
    return ShowCommits(service, stage, branch=branch, commit=commit, back=rollback_reason).open()


def rollback_choice_screen(key: CellKey, error: PromoteError | None) -> Screen[None]:
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
    return ShowReview(_REQUEST.load()(key, revision, draft, is_rollback), _BATCH.load()(tuple(queue))).open()


def run_screen(run: str) -> Screen[None]:
    """Return the page of a run, live or past."""
    return WatchRun(run).open()


def description_screen(key: CellKey) -> Screen[None]:
    """Return what was deployed to a stage."""
    return ShowDescription(*key).open()


def open_release(host: Host, name: str, wanted: ReleaseRequest | None = None) -> None:
    """Open a release by its name; with what is wanted, it is planned there."""
    host.push_screen(ShowRelease(name, wanted).open())


def open_commits(host: Host, key: CellKey) -> None:
    """Open the commits of a cell's service."""
    host.push_screen(commits_screen(*key))


def open_diff(host: Host, service: str, ends: tuple[str | None, str], title: str) -> None:
    """Open the difference between two commits, the older one first."""
    host.push_screen(ShowDiff(service, *ends, title).open())


def open_diff_of(host: Host, draft: Draft) -> None:
    """Open the difference between what runs in a stage and what a draft would bring."""
    base = draft.deployed.sha if draft.deployed else None
    title = f"{draft.target.stage} to {draft.commit.short}"
    open_diff(host, draft.target.service, (base, draft.commit.sha), title)


def open_diff_of_member(host: Host, release: Release, service: str) -> None:
    """Open what a release brings of a service."""
    member = release.member(service)
    title = f"{release.stage} to {short(member.commit)}"
    open_diff(host, service, (member.from_commit or None, member.commit), title)


def open_next_of_batch(host: Host, batch: Batch) -> None:
    """Review the next of a batch in the place of this one; behind the last, show the runs."""
    if batch.queue:
        host.switch_screen(ShowReview(_REQUEST.load()(batch.queue[0]), batch.rest()).open())
    else:
        host.pop_screen()
        host.switch_mode("runs")


def restore_marks(host: Host, cells: Sequence[CellKey]) -> None:
    """Leave the rest of a batch marked, and say so."""
    host.marked |= {*cells}
    host.say(f"{plural(len(cells), 'cell')} not promoted and still marked")
