"""The one way from a review to a run: the plan is approved by what a person typed, and handed to a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PlanStale, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.planning.plan import Confirmation
    from promote_tui.tui.host import ActionOwner
    from promote_tui.tui.state.promotion_review import PromotionReview


def deploy(
    screen: ActionOwner,
    promotion: PromotionReview,
    answer: Confirmation,
    started: Callable[[str], object],
    refused: Callable[[PromoteError], object],
) -> bool:
    """Start a run of a promotion, or say why it is refused; return whether it was handed over."""
    try:
        approved = promotion.approve(answer)
    except (PlanStale, Refused) as error:
        refused(error)
        return False
    promotion.hand_over()
    app, engine = screen.host, screen.engine

    def start(run: str) -> None:
        app.run_started(run)
        started(run)

    # the app hears of it even where the screen is gone: the run goes on
    app.background.run(app, lambda: engine.runs.start(approved), start, lambda error: screen.call_later(refused, error))
    return True
