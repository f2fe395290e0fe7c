"""How a deploy could be rolled back: to what, and what would not be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, VerifiedBy
from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import head
from promote_tui.tui.presentation.review import resource_effects
from promote_tui.tui.presentation.review.authors import author_names
from promote_tui.tui.presentation.review.facts import (
    base_name,
    is_unknown_base,
)
from promote_tui.tui.presentation.review.sections import KEY_WIDTH
from promote_tui.tui.presentation.style import BLANK, Role, fit, ink, line, wrap

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.runs.way_back import WayBackKind
    from promote_tui.tui.presentation.review.model import Review

_WAY_BACK: dict[WayBackKind, Role] = {"one-way": "strong bad", "unknown": "warn"}


def rollback_outlook(review: Review, width: int) -> list[Content]:
    """Return what a rollback would go back to, how long it takes, and what it would not undo."""
    lines = [head("if it goes wrong")]
    after = review.draft.afterwards if review.draft else ()
    for sign, name, words in (*_ways(review), *((ink(" "), name, ink(words)) for name, words in after)):
        lines += wrap(line(sign, " ", fit(ink(name, "muted"), KEY_WIDTH - 2), words), width, KEY_WIDTH)
    return lines


def _ways(review: Review) -> list[tuple[Content, str, Content]]:
    draft, glyphs = review.draft, review.glyphs
    if draft is None:
        return []
    back = ink(glyphs.back, "muted")
    if is_unknown_base(draft):
        return [(ink(glyphs.unknown, "warn"), "roll back to", ink("the deployed commit is unknown", "warn"))]
    if draft.deployed is None:
        return [(back, "roll back to", ink("nothing runs there yet: the stack itself would have to be deleted"))]
    told = way_back_words(review)
    rows = [(back, "way back", told)] if told.plain else []
    rows += [(back if not rows else ink(" "), "roll back to", rollback_target(review))]
    rows += [(ink(" "), "if it fails", ink("CloudFormation rolls the stack back"))]
    if draft.removes:
        lost = f"{plural(len(draft.removes), 'commit')} by {author_names(draft.removes)} until you promote them again"
        rows += [(ink(glyphs.failed, "bad"), "removes", ink(lost, "warn"))]
    lost = resource_effects.lost_resources(review.resources)
    if lost:
        return [*rows, (ink(glyphs.failed, "bad"), "not undone", ink(f"the data of {lost} is lost", "bad"))]
    return [*rows, (ink(" "), "not undone", ink("data changed in the meantime", "muted"))]


def way_back_words(review: Review) -> Content:
    """Return `safe by redeploy of 2c7e914`, or why it is not; nothing before the package is there."""
    found = review.plan.way_back if review.plan and not review.is_rollback else None
    if found is None:
        return BLANK
    return ink(found.words, _WAY_BACK.get(found.kind, "plain"))


def rollback_target(review: Review) -> Content:
    """Return `2c7e914, verified, usually 3m10s`: the commit that runs there now."""
    view, draft = review.view, review.draft
    known = draft is not None and draft.deployed is not None
    if draft is None or not known:
        return BLANK
    usual = f", usually {duration(view.usual)}" if view is not None and view.usual else ""
    words, role = _trusted(review, base_name(draft))
    return line(ink(base_name(draft)), ink(words, role), ink(usual))


def _trusted(review: Review, shown: str) -> tuple[str, Role]:
    match review.view.verification if review.view else None:
        case VerifiedBy(run=run):
            return f", verified by run {run}", "plain"
        case ObservedDeploy():
            return ", seen there, not verified by a run", "plain"
        case NotVerified(reason=reason):
            return (", not verified" if reason.startswith(shown) else f", not verified: {reason}"), "warn"
        case _:
            return "", "plain"
