"""What people have decided, and which decisions hold now."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.durations import utc_minute
from promote_tui.core.identity import person
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DecisionKind: TypeAlias = Literal["approve", "withdraw", "check", "tested", "hold", "unhold", "veto"]


class Decision(Value):
    """A person's decision about a service, a stage or a commit.

    `who` is what people call them, `arn` is what STS said. `item` is the line of the checklist, or the command
    that was `tested`; `passed` is how that ended. `evidence` is what somebody else's tick stands on, or the digest of
    a test's output; `on_behalf` is who outside of AWS said it. `expires_at` ends a hold by itself.
    """

    at: Moment
    kind: DecisionKind
    service: str
    stage: str | None
    commit: str | None
    who: str
    arn: str
    reason: str = ""
    item: str = ""
    expires_at: Moment | None = None
    passed: bool = True
    evidence: str = ""
    on_behalf: str = ""


def current_hold(decisions: Iterable[Decision], stage: str, now: datetime) -> Decision | None:
    """Return the newest hold on a stage that has neither been lifted nor expired."""
    found: Decision | None = None
    for each in decisions:
        if each.kind == "unhold" and each.stage in {None, stage}:
            found = None
        elif each.kind == "hold" and each.stage in {None, stage} and not _over(each, now):
            found = each
    return found


def lasts_until(hold: Decision | None, end: datetime | None) -> bool:
    """Tell whether a hold ends no earlier than a moment, where None is never."""
    return hold is not None and (hold.expires_at is None or (end is not None and hold.expires_at >= end))


def _over(decision: Decision, now: datetime) -> bool:
    return decision.expires_at is not None and decision.expires_at <= now


def find_veto(decisions: Iterable[Decision]) -> Decision | None:
    """Return the first veto on this code; a veto is permanent."""
    return next((each for each in decisions if each.kind == "veto"), None)


def approvals_by_person(
    decisions: Iterable[Decision], stage: str, trusted: tuple[str, ...] = ()
) -> dict[str, Decision]:
    """Return the approvals of this code for a stage, by person, without the withdrawn ones.

    `trusted` are the roles whose session names are people (`core.identity`).
    """
    found: dict[str, Decision] = {}
    for each in decisions:
        if each.stage == stage and not each.item:
            if each.kind == "approve":
                found[person(each.arn, trusted)] = each
            elif each.kind == "withdraw":
                found.pop(person(each.arn, trusted), None)
    return found


def ticks_by_item(decisions: Iterable[Decision], stage: str) -> dict[str, Decision]:
    """Return the items of the checklist that are ticked for this code, each with its last tick."""
    found: dict[str, Decision] = {}
    for each in decisions:
        if each.stage == stage and each.item:
            if each.kind == "check":
                found[each.item] = each
            elif each.kind == "withdraw":
                found.pop(each.item, None)
    return found


def checks_by_command(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """Return the last result of each command on this code, by command."""
    return {each.item: each for each in decisions if each.kind == "tested"}


def describe_decision(word: str, decision: Decision) -> str:
    """Return `held by ana since 2026-01-30, until 2026-02-01: incident 42`."""
    until = f", until {utc_minute(decision.expires_at)}" if decision.expires_at else ""
    because = f": {decision.reason}" if decision.reason else ""
    return f"{word} by {decision.who} since {decision.at.astimezone(UTC):%Y-%m-%d}{until}{because}"
