"""What keeps a member of a release from being promoted now: what its plan said, brought up to date by its gates."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import config_name
from promote_tui.core.gates.package import DataGate
from promote_tui.core.releases.overview import newest_review
from promote_tui.core.releases.release import MemberState
from promote_tui.core.releases.review import BlockedGate, MemberReview

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.releases.release import Release

_GO_BACK = frozenset({MemberState.ROLLBACK_FAILED, MemberState.TO_ROLL_BACK})
_GO_ON = _GO_BACK | {MemberState.WAITING, MemberState.HELD}


def required_allowances(review: MemberReview) -> tuple[Allowance, ...]:
    """Return what a person has to allow by name: the resources that may lose the data they hold."""
    return tuple(
        Allowance("remove" if change.action == "remove" else "replace", change.logical_id)
        for change in review.changes
        if change.loses_data
    )


def allowance_options(service: str, allowances: Iterable[Allowance]) -> str:
    """Return the options of the command line that allow this for a service: `--allow-remove web:Uploads`."""
    return " ".join(f"--allow-{each.kind} {shlex.quote(f'{service}:{each.logical_id}')}" for each in allowances)


def missing_allowances(release: Release, service: str) -> tuple[Allowance, ...]:
    """Return what a person still has to allow by name before a member goes on: as it was held, else as it was reviewed.

    Of a member that is not back yet it is what its rollback would lose; nothing of one whose run began: it was allowed.
    """
    progress, review = release.progress[service], newest_review(release, service)
    if progress.state not in _GO_ON:
        return ()
    if progress.state in _GO_BACK:
        found, given = progress.losses, release.allowances_for(service, "rollback")
    else:
        found = progress.losses or (required_allowances(review) if review else ())
        given = release.allowances_for(service, "promotion")
    return tuple(each for each in found if each not in given)


def blocked_now(
    review: MemberReview, asked: Sequence[GateResult] | None, overridden: Collection[str] = ()
) -> tuple[BlockedGate, ...]:
    """Return the gates that are still blocked, whatever is allowed by name.

    `asked` are the gates as they answered last, None where they were not asked since the review. What only a package
    can answer stays as it was reviewed. `overridden` are gates by the names that the configuration has for them.
    """
    newer = {gate.name: gate for gate in asked or ()}
    stay = [gate for gate in review.blocked if gate.name not in newer and not _is_allowed_by_name(gate, review)]
    come = [_blocked(gate) for gate in newer.values() if not gate.passed]
    return tuple(gate for gate in (*come, *stay) if config_name(gate.name) not in overridden)


def _is_allowed_by_name(gate: BlockedGate, review: MemberReview) -> bool:
    return gate.name == DataGate.name and bool(required_allowances(review))


def _blocked(gate: GateResult) -> BlockedGate:
    return BlockedGate(gate.name, gate.reason, gate.remedy, gate.opened_by, gate.overridable)
