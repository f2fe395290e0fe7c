"""A recovery that a person wants: which stack, exactly as they saw it, and what is done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import Refused
from promote_tui.core.model.pipeline import Confirm, Target
from promote_tui.core.model.stack_status import StackEvent
from promote_tui.core.planning.plan import confirmation_phrase, how_to_confirm, is_confirmed
from promote_tui.core.runs.events import RecoveryAct
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from promote_tui.core.planning.plan import Confirmation


class Recovery(Value):
    """What is done to a stuck stack; `skip` are the resources that are left as they are.

    `deployed` is the commit that the stack ran or was on its way to, as it names it (empty: none).
    """

    id: str
    target: Target
    act: RecoveryAct
    skip: tuple[str, ...]
    deployed: str
    stack_id: str
    stack_status: str
    last_event_id: str | None
    config_path: str
    config: str
    policy: str
    created_at: Moment
    reason: str = ""


class RecoveryPlan(Value):
    """A recovery with what a person has to know before they confirm it.

    `failed` are the newest failures by resource, `skippable` the logical ids of those that may be skipped, `kept` what
    a deletion leaves in the account; `hold` is who holds the stage, in words, which blocks nothing here.
    """

    recovery: Recovery
    confirm: Confirm
    failed: tuple[StackEvent, ...] = ()
    skippable: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    hold: str = ""


def confirm_for(recovery: Recovery, confirm: Confirm) -> Confirm:
    """Return how a recovery is confirmed: by typing where the stage asks for it or a resource is skipped, else by yes.

    A stage that asks nothing for promotions still asks here.
    """
    return "type" if confirm == "type" or recovery.skip else "ask"


def require_confirmed(plan: RecoveryPlan, answer: Confirmation) -> None:
    """Raise Refused unless a person has confirmed the recovery."""
    target = plan.recovery.target
    phrase = confirmation_phrase(target)
    if not is_confirmed(plan.confirm, answer, phrase):
        raise Refused(str(target), "not confirmed", how_to_confirm(plan.confirm, phrase))
