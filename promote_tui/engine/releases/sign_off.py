"""The sign-offs of a release: one word of a person for its whole set is their decision about each member's commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from promote_tui.engine.decision_batch import record_all
from promote_tui.engine.decisions import DecisionRequest, require_item
from promote_tui.engine.releases.control import ended_error, identity_for
from promote_tui.engine.releases.record import read_release

if TYPE_CHECKING:
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.decision_batch import DecisionBatch
    from promote_tui.engine.governance import Governance


@dataclass(frozen=True, slots=True)
class SignOff:
    """What a person says of a whole release: their approval, a tick of its checklist, or that they take one back.

    Without an `item` a withdrawal is that of the approval.
    """

    kind: Literal["approve", "check", "withdraw"]
    reason: str = ""
    item: str = ""
    evidence: str = ""
    on_behalf: str = ""


def sign_off_release(governance: Governance, name: str, given: SignOff) -> DecisionBatch:
    """Record a sign-off of a release, or its withdrawal, as the person's decision about each member, once.

    Called again, it writes what is missing. Raises UsageError where there is no such release, where it has ended (a
    withdrawal is accepted all the same) or where its stage has no such item, AwsError where AWS does not say who we
    are.
    """
    release = read_release(governance.context.ledger, name)
    if release.ended is not None and given.kind != "withdraw":
        raise ended_error(release)
    _require_item(governance, release, given)
    identity_for(governance, release)
    wanted = [
        DecisionRequest(
            given.kind,
            member.service,
            release.stage,
            member.commit,
            given.reason,
            given.item,
            evidence=given.evidence,
            on_behalf=given.on_behalf,
        )
        for member in release.members
    ]
    return record_all(governance, given.kind, wanted)


def _require_item(governance: Governance, release: Release, given: SignOff) -> None:
    if given.kind != "check":
        return
    _, _, stage = governance.governing(release.members[0].service, release.stage)
    require_item(f"release {release.name}", stage, given.item)
