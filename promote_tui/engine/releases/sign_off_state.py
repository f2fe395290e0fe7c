"""What is signed off for a release by now, of all that its stage asks people for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.sign_offs import MemberSignOffs, ReleaseSignOff, join_sign_offs, judge_sign_offs
from promote_tui.engine.planning.gates import decisions_about

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.events import Member
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.governance import Governance


def read_sign_offs(governance: Governance, release: Release) -> tuple[ReleaseSignOff, ...]:
    """Return the sign-offs of a release: its approvals, then its checklist; raises LedgerError, GitError, UsageError.

    The approval of who has confirmed the release, or else of who has planned it, does not count. The decisions about
    all members are read at once.
    """
    promoter = release.confirmed.arn if release.confirmed else release.planned.arn
    made = _read_decisions(governance, release)
    return join_sign_offs([_of_member(governance, release.stage, each, made, promoter) for each in release.members])


def _read_decisions(governance: Governance, release: Release) -> Mapping[str, tuple[Decision, ...]]:
    """Return the decisions about each member that its stage asks people for."""
    services = [member.service for member in release.members]
    wanted = [name for name in services if _asks_people(governance.governing(name, release.stage)[2])]
    return governance.context.ledger.decisions_by_service(wanted) if wanted else {}


def _asks_people(stage: Stage) -> bool:
    return stage.rules.approvals is not None or bool(stage.rules.checklist)


def _of_member(
    governance: Governance, stage: str, member: Member, made: Mapping[str, tuple[Decision, ...]], promoter: str
) -> MemberSignOffs:
    context, service, where = governance.governing(member.service, stage)
    concern = [each for each in made.get(member.service, ()) if each.stage in {None, stage}]
    found = decisions_about(context, service, member.commit, concern)
    return judge_sign_offs(service.name, where, found, promoter, context.pipeline.trusted_roles)
