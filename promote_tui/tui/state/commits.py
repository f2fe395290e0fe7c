"""What the service screen reads in threads, each answered by one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from promote_tui.core.errors import PromoteError
from promote_tui.core.git.commits import EVERYTHING, Search
from promote_tui.tui import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.message import Message

    from promote_tui.core.git.commits import CommitDetail
    from promote_tui.core.model.pipeline import Cell
    from promote_tui.core.stage_positions import CommitStageStatus
    from promote_tui.engine.engine import Engine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page of commits: of the default branch where none is named, or of one that holds `commit`."""

    service: str
    branch: str | None
    commit: str | None
    skip: int
    limit: int
    search: Search = EVERYTHING


def read_page(engine: Engine, wanted: PageRequest, ticket: int) -> Message:
    """Return a page; one commit more is asked for, to know whether there is another page."""
    try:
        name = wanted.branch or _branch(engine, wanted)
        at = _place(engine, wanted, name)
        page = engine.log(wanted.service, name, skip=wanted.skip, limit=wanted.limit + 1, search=wanted.search)
    except PromoteError as error:
        return messages.ReadFailed(ticket, error)
    return messages.CommitsRead(ticket, name, page[: wanted.limit], len(page) > wanted.limit, at)


def _branch(engine: Engine, wanted: PageRequest) -> str:
    name = engine.default_branch(wanted.service)
    if wanted.commit is None:
        return name
    holding = engine.holding([(wanted.service, wanted.commit)])[wanted.service, wanted.commit]
    return name if name in holding or not holding else holding[0]


def _place(engine: Engine, wanted: PageRequest, branch: str) -> str | None:
    """Return the commit of the service's log behind the wanted one, which may be a merge; empty for none."""
    if wanted.commit is None:
        return None
    found = engine.standings(wanted.service, branch, {"": wanted.commit})[""]
    return found.commit.sha if found.commit is not None and found.here else ""


def read_about(engine: Engine, service: str, branch: str, ticket: int, *, count: bool) -> Message:
    """Return what else is known of a branch; all its commits are only counted where all pages were read."""
    return messages.AboutBranch(
        ticket,
        _or_none(lambda: len(engine.branches(service))),
        _or_none(lambda: engine.count(service, branch)) if count else None,
        _or_none(lambda: engine.remote_url(service)),
    )


def _or_none(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except PromoteError:
        return None  # the page itself says why


def read_standings(engine: Engine, service: str, branch: str, deployed: Mapping[str, str], ticket: int) -> Message:
    """Return where the stages stand; nowhere where that cannot be read, which the rows say as well."""
    found = _or_none(lambda: engine.standings(service, branch, deployed))
    return messages.StandingsRead(ticket, found or {})


def read_before(engine: Engine, service: str, stage: str, branch: str, ticket: int) -> Message:
    """Return what ran in a stage before, with where it stands on a branch; nothing where that cannot be read."""
    shas = _or_none(lambda: engine.ran_before(service, stage)) or ()
    found = _or_none(lambda: engine.standings(service, branch, {sha: sha for sha in shas})) if shas else None
    return messages.BeforeRead(ticket, found or {})


def read_commit(engine: Engine, service: str, sha: str, cells: Mapping[str, Cell]) -> Message:
    """Return a commit from near; what it is to the stages is told even where its files cannot be read."""
    detail: CommitDetail | None = None
    stories: tuple[CommitStageStatus, ...] = ()
    trouble: PromoteError | None = None
    try:
        stories = engine.stories(service, sha, cells)
        detail = engine.detail(service, sha)
    except PromoteError as error:
        trouble = error
    return messages.CommitSeen(sha, cells, detail, stories, trouble)
