"""What the matrix itself tells of: holds to lift, hotfixes to merge back, external updates to adopt, and its gaps."""

from __future__ import annotations

import shlex
from collections import defaultdict
from typing import TYPE_CHECKING

from promote_tui.core.gates.decisions import describe_decision
from promote_tui.core.git.relation import Ahead, Same
from promote_tui.core.identity import person
from promote_tui.core.inbox.item import InboxItem
from promote_tui.core.model.cells import Unreachable, Unreported, commit_of, stack_of
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.inbox.item import Viewer
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey


def cell_items(
    views: Mapping[CellKey, CellView], owners: Mapping[str, tuple[str, ...]], viewer: Viewer
) -> Iterator[InboxItem]:
    """Yield what waits by the cells of the matrix; `owners` are all names of who owns each service."""
    yield from hold_items(views, owners, viewer)
    for (service, stage), view in views.items():
        is_owned = viewer.is_named(owners.get(service, ()))
        yield from _hotfixes(service, stage, view, viewer, is_owned=is_owned)
        yield from _external_updates(service, stage, view, is_owned=is_owned)
    yield from unreachable_items(views)


def hold_items(
    views: Mapping[CellKey, CellView], owners: Mapping[str, tuple[str, ...]], viewer: Viewer
) -> Iterator[InboxItem]:
    """Yield the holds: one item for a stage whose holds one person has put there for one reason, else one each."""
    by_stage: dict[str, dict[str, Decision]] = defaultdict(dict)
    for (service, stage), view in views.items():
        if view.hold is not None:
            by_stage[stage][service] = view.hold
    for stage, holds in by_stage.items():
        alike = {(hold.arn, hold.reason, hold.expires_at) for hold in holds.values()}
        groups = [(*holds,)] if len(alike) == 1 else [(service,) for service in holds]
        for services in groups:
            first = min((holds[service] for service in services), key=lambda hold: hold.at)
            is_mine = person(first.arn, viewer.trusted) == viewer.person
            is_owned = any(viewer.is_named(owners.get(service, ())) for service in services)
            yield _hold(services, stage, first, is_mine=is_mine or is_owned)


def _hold(services: tuple[str, ...], stage: str, hold: Decision, *, is_mine: bool) -> InboxItem:
    where = f"{services[0]} {stage}" if len(services) == 1 else f"--all {stage}"
    words, lift = describe_decision("on hold", hold), f"promote-tui unhold {where} --reason WHY"
    return InboxItem("hold", services, stage, words, lift, hold.at, is_mine)


def _hotfixes(service: str, stage: str, view: CellView, viewer: Viewer, *, is_owned: bool) -> Iterator[InboxItem]:
    fix, commit = view.merge_back, view.commit
    if fix is not None:
        is_mine = is_owned or (commit is not None and commit.sha == fix.commit and viewer.is_named((commit.author,)))
        command = f"git switch {shlex.quote(fix.branch)} && git merge {short(fix.commit)}"
        yield InboxItem("hotfix", (service,), stage, str(fix), command, fix.since, is_mine, fix.commit)


def _external_updates(service: str, stage: str, view: CellView, *, is_owned: bool) -> Iterator[InboxItem]:
    """Yield what somebody else has brought there, where it can be adopted: its last update went well."""
    stack = stack_of(view.cell)
    if view.external_update and stack is not None and stack.status.succeeded:
        command, words = adopt_running_command(view), view.external_update
        yield InboxItem("external", (service,), stage, words, command, stack.updated_at, is_owned)


def adopt_running_command(view: CellView) -> str:
    """Return the command that lets what runs there count as verified; where its stack names no commit, REV does."""
    target = view.cell.target
    rev = " --commit REV" if isinstance(view.cell, Unreported) else ""
    return f"promote-tui adopt {target.service} {target.stage}{rev} --reason WHY"


def unreachable_items(views: Mapping[CellKey, CellView]) -> Iterator[InboxItem]:
    """Yield the stages that could not be read, each trouble once with the services that it hides."""
    hidden: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (service, stage), view in views.items():
        if isinstance(view.cell, Unreachable):
            hidden[stage, view.cell.reason, view.cell.remedy].append(service)
    for (stage, reason, remedy), services in hidden.items():
        yield InboxItem("unread", tuple(services), stage, reason, remedy)


def may_be_behind(views: Mapping[CellKey, CellView], key: CellKey) -> bool:
    """Tell whether a stage may lack what the stage before it has, as far as the matrix tells: no run is at work there.

    Of a stage that none comes before the matrix cannot tell.
    """
    view = views[key]
    before = views.get((key[0], view.against)) if view.against else None
    if isinstance(view.cell, Unreachable) or view.run is not None or isinstance(view.relation, Same | Ahead):
        return False
    return before is None or isinstance(before.cell, Unreachable) or commit_of(before.cell) is not None


def is_hidden(views: Mapping[CellKey, CellView], key: CellKey) -> bool:
    """Tell whether the stage before could not be read, so that what comes from there is unknown."""
    before = views[key].against
    view = views.get((key[0], before)) if before else None
    return view is not None and isinstance(view.cell, Unreachable)
