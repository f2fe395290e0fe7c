"""The notices of decisions: a hold, its end, a veto."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import utc_minute
from promote_tui.core.runs.notices import SIGNS, About, Notice
from promote_tui.core.text import clean, short

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision

_LONGEST = 500


def decision_notice(decision: Decision) -> Notice | None:
    """Return the notice of a decision; None for one that only its commit's promoters need to know."""
    until = f" until {utc_minute(decision.expires_at)}" if decision.expires_at else ""
    match decision.kind:
        case "hold" | "unhold":
            words = f"put on hold{until}" if decision.kind == "hold" else "its hold was lifted"
        case "veto":
            words = f"{short(decision.commit or '')} is vetoed"
        case _:
            return None
    where = f"{decision.service} {decision.stage or 'everywhere'}"
    text = f"{SIGNS[decision.kind]} {where}: {words} by {decision.who}: {decision.reason}"
    return Notice(decision.kind, clean(text, limit=_LONGEST), _about(decision))


def _about(decision: Decision) -> About:
    return About(
        services=(decision.service,),
        stage=decision.stage or "",
        commit=decision.commit or "",
        who=decision.who,
        reason=decision.reason,
    )
