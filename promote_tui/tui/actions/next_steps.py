"""The next steps that are keys of their own in a review: each opens what does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.possible_decisions import PossibleDecision
from promote_tui.tui.actions import navigation
from promote_tui.tui.actions.decisions import DecisionActions

if TYPE_CHECKING:
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.next_steps import NextStep
    from promote_tui.tui.host import Host


def take_step(host: Host, step: NextStep, key: CellKey, commit: Commit | None) -> None:
    """Take a step about a cell, and the commit that would go there."""
    match step.kind:
        case "tick":
            DecisionActions(host).choose_of([PossibleDecision("tick", item) for item in step.about], key, commit)
        case "checks":
            DecisionActions(host).choose(PossibleDecision("checks"), key, commit)
        case "lift":
            DecisionActions(host).choose(PossibleDecision("lift"), key, commit)
        case "promote":
            where = key[0], step.about[0]
            host.push_screen(navigation.review_screen(where, revision=commit.sha if commit else None))
        case "choose":
            navigation.open_commits(host, key)
        case "run":
            host.open_run(step.about[0])
        case _:
            return
