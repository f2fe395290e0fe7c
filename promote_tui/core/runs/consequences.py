"""What follows from a verdict: whether the stage goes back by itself, or is put on hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.events import Failed, Verified
from promote_tui.core.text import short

if TYPE_CHECKING:
    from promote_tui.core.model.team_rules import OnFailure, Rules
    from promote_tui.core.runs.events import Planned, RunKind, Verdict

_LONGEST = 500


def after_failed_proof(rules: Rules, kind: RunKind) -> OnFailure:
    """Return what follows an unproved deploy; after a rollback that is a question, never another rollback."""
    return "ask" if kind == "rollback" and rules.on_failure == "rollback" else rules.on_failure


def reason_to_hold(rules: Rules, planned: Planned, verdict: Verdict) -> str:
    """Return why nothing should follow before a person has looked; empty where something may.

    Nothing follows a rollback: it would bring back the code that was left. Nothing follows a deploy that was not proved
    where the stage stops on that.
    """
    match verdict:
        case Verified() if planned.kind == "rollback":
            left = f"{short(planned.from_commit)} " if planned.from_commit else ""
            return f"{left}was rolled back by run {planned.run}{f': {planned.reason}' if planned.reason else ''}"
        case Failed(deployed=True) if rules.on_failure == "stop":
            return f"run {planned.run} of {short(planned.to_commit)} failed: {verdict.cause}"[:_LONGEST]
        case _:
            return ""
