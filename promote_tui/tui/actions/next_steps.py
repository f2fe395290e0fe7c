"""The next steps that are keys of their own in a review: each opens what does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.choices import PossibleDecision
from promote_tui.tui.actions import decisions, navigation

if TYPE_CHECKING:
    from promote_tui.core.matrix import CellKey
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.next_steps import NextStep
    from promote_tui.tui.app import PromoteApp


def take(app: PromoteApp, step: NextStep, key: CellKey, commit: Commit | None) -> None:
    """Take a step about a cell, and the commit that would go there."""
    match step.deed:
        case "tick":
            decisions.choose_of(app, [PossibleDecision("tick", item) for item in step.about], key, commit)
        case "checks":
            decisions.choose(app, PossibleDecision("checks"), key, commit)
        case "lift":
            decisions.choose(app, PossibleDecision("lift"), key, commit)
        case "promote":
            app.push_screen(navigation.review_screen((key[0], step.about[0]), revision=commit.sha if commit else None))
        case "choose":
            navigation.open_commits(app, key)
        case "run":
            app.open_run(step.about[0])
        case _:
            return
