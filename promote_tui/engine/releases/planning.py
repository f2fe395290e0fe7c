"""Plans a release: fixes the set of commits, writes it down, then packages and reviews each member."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.releases.events import MemberReviewed, ReleasePlanned
from promote_tui.core.releases.names import NAME_RULE, is_name
from promote_tui.core.releases.review import MemberReview
from promote_tui.core.releases.summary import review_draft, review_plan
from promote_tui.engine.planning.credentials import typical_duration_of_target
from promote_tui.engine.planning.planner import discard_plan, make_draft, make_plan
from promote_tui.engine.releases.record import append, begin_release, read_release, taken_name_error
from promote_tui.engine.releases.selection import (
    Candidate,
    Selection,
    left_out_of,
    members_of,
    read_candidates,
    require_some,
    require_source,
    waves_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.releases.events import Member
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.context import Context
    from promote_tui.engine.governance import Governance


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """A release that somebody wants: its name, its stage, and its services (none: all of them)."""

    name: str
    stage: str
    services: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlanWatch:
    """Who hears how the planning goes, from several threads: of each service once it was read, of each review."""

    on_candidate: Callable[[Candidate], None] = lambda _candidate: None
    on_review: Callable[[str, MemberReview], None] = lambda _service, _review: None


def plan_release(governance: Governance, wanted: ReleaseRequest, watch: PlanWatch) -> Release:
    """Plan a release and return it, with each member reviewed.

    Raises UsageError for a name that is taken or cannot be one, for a service that is unknown or there twice, for the
    first stage and where nothing would change; AwsError where no service can be read, LedgerError.
    """
    context, where = governance.context, governance.stage(wanted.stage)
    require_source(context, where)
    _require_name(context, wanted.name)
    chosen = _chosen(governance, wanted.services)
    candidates = read_candidates(
        governance, Selection(wanted.name, where, bool(wanted.services)), chosen, watch.on_candidate
    )
    require_some(wanted.name, where.name, candidates)
    begin_release(context, _planned(governance, wanted, where, candidates))
    drafts = [each.draft for each in candidates if each.draft is not None]
    _review_all(governance, wanted.name, drafts, where.release.parallel, watch)
    return read_release(context.ledger, wanted.name)


def review_rest(governance: Governance, name: str, watch: PlanWatch) -> Release:
    """Review the members of a planned release that are not reviewed yet, as its planning was interrupted; return it.

    One that was confirmed or has ended is left as it is. Raises UsageError where there is no such release, or where one
    of its services or its stage is gone, GitError, LedgerError.
    """
    context, release = governance.context, read_release(governance.context.ledger, name)
    if release.confirmed is None and release.ended is None:
        drafts = [_draft_member(governance, release, release.member(service)) for service in release.unreviewed]
        _review_all(governance, name, drafts, governance.stage(release.stage).release.parallel, watch)
    return read_release(context.ledger, name)


def _draft_member(governance: Governance, release: Release, member: Member) -> Draft:
    context, service, stage = governance.governing(member.service, release.stage)
    return make_draft(context, service, stage, member.commit, PromotionOptions(release=release.name))


def _require_name(context: Context, name: str) -> None:
    if not is_name(name):
        raise UsageError(f"release {name}", NAME_RULE, "name it such as 2026-11-30")
    if context.ledger.release_events(name):
        raise taken_name_error(name)


def _chosen(governance: Governance, names: Sequence[str]) -> list[Service]:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"service {twice}", "it is there twice", "name each service once")
    for name in names:
        governance.service(name)
    return [each for each in governance.pipeline.services if not names or each.name in names]


def _planned(
    governance: Governance, wanted: ReleaseRequest, stage: Stage, candidates: Sequence[Candidate]
) -> ReleasePlanned:
    context, services = governance.context, governance.pipeline.services
    members = members_of(candidates, services)
    identity = context.identity(governance.service(members[0].service).target(stage.name))
    return ReleasePlanned(
        at=context.clock.now(),
        name=wanted.name,
        stage=stage.name,
        source=require_source(context, stage).name,
        members=members,
        waves=waves_of(members, services),
        left_out=left_out_of(candidates),
        who=identity.person,
        arn=identity.arn,
        reason=wanted.reason,
        config_digest=context.pipeline.digest,
        policy=str(context.pipeline.policy or ""),
    )


def _review_all(governance: Governance, name: str, drafts: Sequence[Draft], parallel: int, watch: PlanWatch) -> None:
    def review(draft: Draft) -> None:
        service = draft.target.service
        found = review_member(governance, draft)
        context = governance.context
        append(context, name, lambda _release: MemberReviewed(context.clock.now(), service, found))
        watch.on_review(service, found)

    with ThreadPoolExecutor(parallel, "review") as pool:
        list(pool.map(review, drafts))


def review_member(governance: Governance, draft: Draft) -> MemberReview:
    """Package a member and return what its plan says; what cannot be packaged yet, or at all, says why."""
    context = governance.ruling(draft.target.service, draft.target.stage)
    typical = typical_duration_of_target(context, draft.target)
    seconds = typical.total if typical else None
    if draft.packaging_blockers:
        return review_draft(draft, None, seconds)
    try:
        plan = make_plan(context, draft, lambda _step: None)
    except PromoteError as error:
        return review_draft(draft, error, seconds)
    discard_plan(context, plan.id)
    return review_plan(plan, seconds)
