"""What the service screen reads in threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from promote_tui.core.errors import PromoteError
from promote_tui.core.git.commits import EVERYTHING, Search

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from promote_tui.core.git.commits import CommitDetail
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.stage_positions import CommitStageStatus, StagePosition
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


@dataclass(frozen=True, slots=True)
class CommitPage:
    """A page of a branch's commits; `at` is the hash that the cursor is wanted on, empty where it is not there."""

    branch: str
    commits: Sequence[Commit]
    more: bool
    at: str | None = None


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """What else is known of a branch: how many branches there are, all its commits, where it is fetched from.

    What is None was not read.
    """

    branches: int | None
    total: int | None
    remote: str | None


@dataclass(frozen=True, slots=True)
class CommitView:
    """A commit from near, what it is to each stage, or why it cannot be read; `cells` is what that goes by."""

    cells: Mapping[str, Cell]
    detail: CommitDetail | None = None
    stories: Sequence[CommitStageStatus] = ()
    error: PromoteError | None = None


def read_page(engine: Engine, wanted: PageRequest) -> CommitPage:
    """Return a page; one commit more is asked for, to know whether there is another page."""
    name = wanted.branch or _branch(engine, wanted)
    at = _place(engine, wanted, name)
    page = engine.commits.log(wanted.service, name, skip=wanted.skip, limit=wanted.limit + 1, search=wanted.search)
    return CommitPage(name, page[: wanted.limit], len(page) > wanted.limit, at)


def _branch(engine: Engine, wanted: PageRequest) -> str:
    name = engine.commits.default_branch(wanted.service)
    if wanted.commit is None:
        return name
    holding = engine.commits.branches_holding([(wanted.service, wanted.commit)])[wanted.service, wanted.commit]
    return name if name in holding or not holding else holding[0]


def _place(engine: Engine, wanted: PageRequest, branch: str) -> str | None:
    """Return the commit of the service's log behind the wanted one, which may be a merge; empty for none."""
    if wanted.commit is None:
        return None
    found = engine.commits.stage_positions(wanted.service, branch, {"": wanted.commit})[""]
    return found.commit.sha if found.commit is not None and found.here else ""


def read_branch_facts(engine: Engine, service: str, branch: str, *, count: bool) -> BranchFacts:
    """Return what else is known of a branch; all its commits are only counted where all pages were read."""
    return BranchFacts(
        _or_none(lambda: len(engine.commits.branches(service))),
        _or_none(lambda: engine.commits.count(service, branch)) if count else None,
        _or_none(lambda: engine.commits.remote_url(service)),
    )


def _or_none(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except PromoteError:
        return None  # the page itself says why


def read_standings(
    engine: Engine, service: str, branch: str, deployed: Mapping[str, str]
) -> Mapping[str, StagePosition]:
    """Return where the stages stand; nowhere where that cannot be read, which the rows say as well."""
    return _or_none(lambda: engine.commits.stage_positions(service, branch, deployed)) or {}


def read_earlier_commits(engine: Engine, service: str, stage: str, branch: str) -> Mapping[str, StagePosition]:
    """Return what ran in a stage before, with where it stands on a branch; nothing where that cannot be read."""
    shas = _or_none(lambda: engine.plans.earlier_commits(service, stage)) or ()
    found = (
        _or_none(lambda: engine.commits.stage_positions(service, branch, {sha: sha for sha in shas})) if shas else None
    )
    return found or {}


def read_commit(engine: Engine, service: str, sha: str, cells: Mapping[str, Cell]) -> CommitView:
    """Return a commit from near; what it is to the stages is told even where its files cannot be read."""
    detail: CommitDetail | None = None
    stories: tuple[CommitStageStatus, ...] = ()
    trouble: PromoteError | None = None
    try:
        stories = engine.commits.stage_statuses(service, sha, cells)
        detail = engine.commits.detail(service, sha)
    except PromoteError as error:
        trouble = error
    return CommitView(cells, detail, stories, trouble)
