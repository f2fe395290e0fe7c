"""What may be done about a stack by its status, and why nothing may where that is so."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from promote_tui.core.errors import Refused
from promote_tui.core.model.stack_status import Phase, status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.runs.events import RecoveryAct

_ACTS: Mapping[str, RecoveryAct] = {
    "UPDATE_ROLLBACK_FAILED": "continue",
    "UPDATE_FAILED": "roll_back",
    "CREATE_FAILED": "delete",
    "ROLLBACK_COMPLETE": "delete",
    "ROLLBACK_FAILED": "delete",
    "REVIEW_IN_PROGRESS": "delete",
}
CALLS: Mapping[RecoveryAct, str] = {
    "continue": "ContinueUpdateRollback",
    "roll_back": "RollbackStack",
    "delete": "DeleteStack",
}
"""The call of CloudFormation that does it."""


def choose_act(subject: str, status_name: str) -> RecoveryAct:
    """Return what frees a stack of this status; raises Refused where nothing does."""
    act = _ACTS.get(status_name)
    if act is not None:
        return act
    row = status(status_name)
    match row.phase:
        case Phase.STABLE | Phase.GONE:
            raise Refused(subject, f"the stack is not stuck: it is {status_name}", "promote as usual")
        case Phase.MOVING:
            raise Refused(subject, f"CloudFormation is at work on the stack ({status_name})", row.remedy)
        case Phase.STUCK | Phase.UNKNOWN:
            raise Refused(subject, f"no call of CloudFormation frees a stack that is {status_name}", row.remedy)
        case _:
            assert_never(row.phase)


def recover_command(target: Target) -> str:
    """Return the command that frees a stack."""
    return f"promote-tui recover {target.service} {target.stage}"


def stack_remedy(command: str, status_name: str) -> str:
    """Return what to do about a stack of this status, with the command where that frees it."""
    found = status(status_name).remedy
    if status_name not in _ACTS:
        return found
    what, then, afterwards = found.rpartition(", then ")
    return f"{what}: {command}{then}{afterwards}"


def describe_act(act: RecoveryAct) -> str:
    """Return in a sentence what is going to happen to the stack."""
    match act:
        case "continue":
            return "CloudFormation tries again to set back what it could not (ContinueUpdateRollback)."
        case "roll_back":
            return "CloudFormation sets every resource back to before the failed update (RollbackStack)."
        case "delete":
            return "CloudFormation deletes the stack, which never worked (DeleteStack)."
        case _:
            assert_never(act)


SKIPPING = (
    "A skipped resource stays as it is now. CloudFormation then counts it as rolled back, although it may differ from "
    "the template: set it right by hand, or the next deploy fails on it or leaves the difference."
)
"""What skipping a resource means."""
