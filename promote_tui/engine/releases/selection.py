"""Which services a release brings to its stage: those whose verified commit the stage does not run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, PromoteError, UsageError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.model.cells import Deployed, Never, commit_of
from promote_tui.core.model.pipeline import Stage
from promote_tui.core.planning.plan import Draft
from promote_tui.core.planning.waves import waves
from promote_tui.core.releases.events import LeftOut, Member
from promote_tui.core.runs.verification import counts_as_verified
from promote_tui.core.text import plural
from promote_tui.core.value import replace
from promote_tui.engine.planning.planner import make_draft
from promote_tui.engine.proposed_commits import commit_verified_before
from promote_tui.engine.verification import same_code, verified_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promote_tui.core.model.pipeline import Service
    from promote_tui.engine.context import Context
    from promote_tui.engine.governance import Governance

AT_ONCE = 4
"""How many services are read at the same time."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that was looked at for a release: its draft, or why it is left out; `is_unread`: it is not known."""

    service: str
    draft: Draft | None = None
    left_out: LeftOut | None = None
    is_unread: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Where a release goes and under which name; services that were named one by one may lose commits by it."""

    name: str
    stage: Stage
    is_named: bool


def read_candidates(
    governance: Governance,
    selection: Selection,
    services: Sequence[Service],
    on_candidate: Callable[[Candidate], None],
) -> tuple[Candidate, ...]:
    """Return what each service would bring, in the order given; `on_candidate` hears of each as it is known.

    It is called from several threads.
    """

    def read(service: Service) -> Candidate:
        found = _read_candidate(governance, selection, service)
        on_candidate(found)
        return found

    with ThreadPoolExecutor(AT_ONCE, "release") as pool:
        return tuple(pool.map(read, services))


def _read_candidate(governance: Governance, selection: Selection, service: Service) -> Candidate:
    try:
        context, ruled, where = governance.governing(service.name, selection.stage.name)
        source = require_source(context, where)
        commit = commit_verified_before(context, ruled, where, source)
        draft = make_draft(context, ruled, where, commit, PromotionOptions(release=selection.name))
        if is_there(context, ruled, where, draft):
            reason = f"{where.name} runs {_there(draft)} already"
            return Candidate(service.name, left_out=LeftOut(service.name, reason, unchanged=True))
        if draft.removes and not draft.brings and not selection.is_named:
            reason = f"{where.name} is {plural(len(draft.removes), 'commit')} ahead of {source.name}"
            return Candidate(service.name, left_out=LeftOut(service.name, reason))
    except PromoteError as error:
        is_unread = not isinstance(error, UsageError)
        left_out = LeftOut(service.name, error.cause, remedy=error.remedy)
        return Candidate(service.name, left_out=left_out, is_unread=is_unread)
    return Candidate(service.name, draft)


def _there(draft: Draft) -> str:
    same = commit_of(draft.cell) == draft.commit.sha
    return draft.commit.short if same else f"the code of {draft.commit.short}"


def require_source(context: Context, stage: Stage) -> Stage:
    """Return the stage that a release into this one comes from; raises UsageError for the first stage."""
    source = context.pipeline.before(stage)
    if source is None:
        cause = "no stage comes before it, so nothing is verified for it"
        raise UsageError(f"stage {stage.name}", cause, "promote its services one by one, or name a later stage")
    return source


def is_there(context: Context, service: Service, stage: Stage, draft: Draft) -> bool:
    """Tell whether the stage runs the draft's code already, and it counts as verified there."""
    cell = draft.cell
    if not isinstance(cell, Deployed):
        return False
    if not same_code(context, service, {cell.commit, draft.commit.sha})(cell.commit, draft.commit.sha):
        return False
    return counts_as_verified(verified_in(context, service, stage.name, cell.commit, cell))


def members_of(candidates: Sequence[Candidate], services: Sequence[Service]) -> tuple[Member, ...]:
    """Return the members, each with those of them that it needs, also through services that are left out."""
    needs = {service.name: service.depends_on for service in services}
    chosen = {each.service for each in candidates if each.draft is not None}
    return tuple(
        _member(each.draft, _needed(each.service, needs, chosen)) for each in candidates if each.draft is not None
    )


def _member(draft: Draft, needs: tuple[str, ...]) -> Member:
    return Member(draft.target.service, draft.commit.sha, draft.commit.subject[:200], deployed_commit(draft), needs)


def deployed_commit(draft: Draft) -> str | None:
    """Return what the draft's stage runs: None for nothing, empty where its stack does not name it."""
    if isinstance(draft.cell, Never):
        return None
    return commit_of(draft.cell) or ""


def _needed(service: str, needs: dict[str, tuple[str, ...]], chosen: set[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    left, seen = [*needs.get(service, ())], {service}
    while left:
        name = left.pop(0)
        if name in chosen:
            found[name] = None
        elif name not in seen:
            left += needs.get(name, ())
        seen.add(name)
    return tuple(found)


def waves_of(members: Sequence[Member], services: Sequence[Service]) -> tuple[tuple[str, ...], ...]:
    """Return the members in waves, each after those that it needs."""
    from_needs = {member.service: member.needs for member in members}
    ordered = [service for service in services if service.name in from_needs]
    return tuple(wave.services for wave in waves([replace(each, depends_on=from_needs[each.name]) for each in ordered]))


def left_out_of(candidates: Sequence[Candidate]) -> tuple[LeftOut, ...]:
    """Return the services that are no members, each with why."""
    return tuple(each.left_out for each in candidates if each.left_out is not None)


def require_some(name: str, stage: str, candidates: Sequence[Candidate]) -> None:
    """Raise UsageError where the release would bring nothing, AwsError where a service could not be read besides."""
    left_out = left_out_of(candidates)
    if len(left_out) < len(candidates):
        return
    unread = next((each.left_out for each in candidates if each.is_unread), None)
    first = unread or next((each for each in left_out if not each.unchanged), None)
    if first is None:
        cause = f"{stage} runs everything that is verified before it"
        raise UsageError(f"release {name}", cause, "promote to the stage before it first")
    kind = AwsError if unread else UsageError
    cause = f"no service can go to {stage}; {first.service}: {first.reason}"
    raise kind(f"release {name}", cause, first.remedy or "see `promote-tui status`")
