"""Holds on every service of a stage: one decision a service, so that each stands whatever becomes of the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.errors import PromoteError
from promote_tui.core.gates.decisions import Decision, current_hold, lasts_until
from promote_tui.engine.decisions import DecisionRequest, record_decision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from promote_tui.engine.context import Context

HoldKind: TypeAlias = Literal["hold", "unhold"]


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A hold on every service of a stage, or that each is lifted, and why."""

    kind: HoldKind
    stage: str
    reason: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldChange:
    """What became of one service: `made` is the decision, None where nothing was to be done or `error` says why not.

    `before` is the hold that stood.
    """

    service: str
    made: Decision | None = None
    before: Decision | None = None
    error: PromoteError | None = None


def change_holds(
    wanted: HoldRequest, services: Iterable[str], ruling: Callable[[str], Context]
) -> Iterator[HoldChange]:
    """Hold services one after the other, or lift their holds, and yield what became of each.

    A service that is on hold for at least as long, or is not on hold, is left as it is: who repeats it changes only
    what is missing.
    """
    for service in services:
        try:
            yield _change_hold(wanted, service, ruling(service))
        except PromoteError as error:
            yield HoldChange(service, error=error)


def _change_hold(wanted: HoldRequest, service: str, context: Context) -> HoldChange:
    decisions = context.ledger.decisions(service, wanted.stage)
    before = current_hold(decisions, wanted.stage, context.clock.now())
    is_done = before is None if wanted.kind == "unhold" else lasts_until(before, wanted.expires_at)
    if is_done:
        return HoldChange(service, before=before)
    request = DecisionRequest(wanted.kind, service, wanted.stage, None, wanted.reason, expires_at=wanted.expires_at)
    return HoldChange(service, record_decision(context, request), before)
