"""What is signed off for a release by now, of all that its stage asks people for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.releases.sign_offs import MemberSignOffs, ReleaseSignOff, join_sign_offs, judge_sign_offs
from promote_tui.engine.planning.gates import decisions_for

if TYPE_CHECKING:
    from promote_tui.core.releases.events import Member
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.governance import Governance


def read_sign_offs(governance: Governance, release: Release) -> tuple[ReleaseSignOff, ...]:
    """Return the sign-offs of a release: its approvals, then its checklist; raises LedgerError, GitError, UsageError.

    The approval of who has confirmed the release, or else of who has planned it, does not count.
    """
    promoter = release.confirmed.arn if release.confirmed else release.planned.arn
    return join_sign_offs([_of_member(governance, release.stage, member, promoter) for member in release.members])


def _of_member(governance: Governance, stage: str, member: Member, promoter: str) -> MemberSignOffs:
    context, service, where = governance.governing(member.service, stage)
    wanted = where.rules.approvals is not None or where.rules.checklist
    found = decisions_for(context, service, stage, member.commit) if wanted else ()
    return judge_sign_offs(service.name, where, found, promoter, context.pipeline.trusted_roles)
