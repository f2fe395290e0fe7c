"""What can be decided now about a service in a stage and the commit that would go there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.gates import decisions as decided
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

Act: TypeAlias = Literal["approve", "ask", "withdraw", "tick", "untick", "checks", "adopt", "hold", "lift", "veto"]


class PossibleDecision(Value):
    """One thing that can be decided; `item` is the line of the checklist that it is about."""

    act: Act
    item: str = ""


class DecisionContext(Value):
    """What is known of the cell and the commit.

    `decisions` are those about the stage and this very code, oldest first; `person` is at the keyboard, `trusted` are
    the roles whose session names are people. `has_commit`: the commit that would be promoted there is known.
    `is_adoptable`: somebody else deployed what runs there, or the stack does not name it. `has_approval_channel`: a
    channel tells others that an approval is wanted.
    """

    stage: str
    rules: Rules
    decisions: tuple[Decision, ...]
    person: str
    now: Moment
    trusted: tuple[str, ...] = ()
    has_commit: bool = True
    is_adoptable: bool = False
    has_approval_channel: bool = False


def possible_decisions(it: DecisionContext) -> tuple[PossibleDecision, ...]:
    """Return what can be decided now: what somebody asks for and is not decided yet."""
    about = tuple(_about_commit(it)) if it.has_commit else ()
    adopts = (PossibleDecision("adopt"),) if it.is_adoptable else ()
    held = decided.current_hold(it.decisions, it.stage, it.now) is not None
    vetoed = decided.find_veto(it.decisions) is not None
    last = (PossibleDecision("veto"),) if it.has_commit and not vetoed else ()
    return (*about, *adopts, PossibleDecision("lift" if held else "hold"), *last)


def _about_commit(it: DecisionContext) -> Iterator[PossibleDecision]:
    given = decided.approvals_by_person(it.decisions, it.stage, it.trusted)
    mine = it.person in given
    yield PossibleDecision("withdraw" if mine else "approve")
    if it.rules.approvals is not None and it.has_approval_channel:
        yield PossibleDecision("ask")
    ticked = decided.ticks_by_item(it.decisions, it.stage)
    for item in it.rules.checklist:
        yield PossibleDecision("untick" if item in ticked else "tick", item)
    if it.rules.checks:
        yield PossibleDecision("checks")
