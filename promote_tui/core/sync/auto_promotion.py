"""Which of the commits that the stage before verified is promoted by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.opening_times import FreezeGate, WindowGate
from promote_tui.core.gates.policy import DecisionsGate, PolicyGate
from promote_tui.core.gates.sign_off import AlarmsGate
from promote_tui.core.gates.stops import HoldGate
from promote_tui.core.gates.target import AccountGate, StackGate
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.sync.decision import Deploy, SyncDecision, Waiting
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_OF_THE_STAGE = (HoldGate, FreezeGate, WindowGate, AlarmsGate, StackGate, AccountGate, PolicyGate, DecisionsGate)
_STOPS_ALL = frozenset(gate.name for gate in _OF_THE_STAGE)
"""Gates that are blocked for every commit alike."""


class VerifiedCandidate(Value):
    """A commit that is verified in the stage before, and what would be done about it."""

    commit: Commit
    decision: SyncDecision


def choose_candidate(candidates: Iterable[VerifiedCandidate]) -> VerifiedCandidate | None:
    """Return the newest commit that may be deployed now, else the one that may be soonest; None where there is none.

    Candidates are the newest first, and each is asked for only where no newer one will do: code that has soaked is not
    kept back by newer code which has not. What the stage runs ends the search, and so does what keeps all of them away.
    """
    waiting: list[VerifiedCandidate] = []
    for each in candidates:
        if isinstance(each.decision, Deploy):
            return each
        if not isinstance(each.decision, Waiting):
            return _soonest(waiting) or each
        waiting.append(each)
        if not _is_about_the_commit(each.decision):
            break
    return _soonest(waiting)


def _is_about_the_commit(waiting: Waiting) -> bool:
    return bool(waiting.gates) and _STOPS_ALL.isdisjoint(waiting.gates)


def _soonest(waiting: list[VerifiedCandidate]) -> VerifiedCandidate | None:
    timed = [(opens, each) for each in waiting if (opens := _opens_at(each)) is not None]
    return min(timed, key=lambda pair: pair[0])[1] if timed else next(iter(waiting), None)


def _opens_at(candidate: VerifiedCandidate) -> datetime | None:
    return candidate.decision.opens_at if isinstance(candidate.decision, Waiting) else None
