"""Why a member of a release cannot be started as it was planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.gates.model import Allowance
from promote_tui.core.releases.blockers import allowance_options
from promote_tui.core.releases.events import HoldCause
from promote_tui.core.releases.review import MemberReview

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult


@dataclass(frozen=True, slots=True)
class Hold:
    """What keeps a member from being started; the fields are those of `MemberHeld`."""

    why: HoldCause
    cause: str
    remedy: str = ""
    review: MemberReview | None = None
    found: str | None = None
    losses: tuple[Allowance, ...] = ()


class Held(Exception):  # noqa: N818 - it is an answer, not an error
    """Raised where a member cannot be started as it was planned."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.cause)
        self.hold = hold


def require_open(service: str, blocked: tuple[GateResult, ...]) -> None:
    """Raise Held where gates of a service are blocked, with what is to be allowed by name."""
    if blocked:
        reasons = "; ".join(f"{gate.name}: {gate.reason}" for gate in blocked)
        losses = tuple(each for gate in blocked for each in gate.missing_allowances)
        by_name = f"retry, and allow it by name: {allowance_options(service, blocked[0].missing_allowances)}"
        remedy = by_name if blocked[0].missing_allowances else blocked[0].remedy
        raise Held(Hold("blocked", reasons, remedy, losses=losses))
