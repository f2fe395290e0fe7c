"""The line of steps over a review, and the signs of how each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.tui.presentation.review.facts import base_name
from promote_tui.tui.presentation.style import BLANK, CURSOR, Role, ink, line, make_clickable, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.tui.presentation.review.facts import Standing
    from promote_tui.tui.presentation.review.model import Review


STEPS = ("Commit", "Changes", "Gates", "Approvals", "Confirm")
CONFIRM = len(STEPS)


def from_to(review: Review) -> Content:
    """Return `2c7e914 → 8d20b6e`; nothing before the draft is there."""
    draft = review.draft
    if draft is None:
        return BLANK
    return line(ink(f"{base_name(draft)} {review.glyphs.arrow} ", "muted"), ink(draft.commit.short, "strong"))


def standing_mark(review: Review, standing: Standing) -> Content:
    """Return the sign of how a step stands."""
    signs: dict[Standing, tuple[str, Role]] = {
        "todo": (review.glyphs.never, "faint"),
        "pending": (review.glyphs.running(review.frame), "live"),
        "pass": (review.glyphs.passed, "good"),
        "quiet": (review.glyphs.unknown, "muted"),
        "attention": (review.glyphs.attention, "strong warn"),
        "danger": (review.glyphs.attention, "strong bad"),
        "fail": (review.glyphs.failed, "strong bad"),
    }
    return ink(*signs[standing])


def activity(review: Review) -> Content:
    """Return what goes on now and for how long: `◐ packaging for staging  12s`; nothing where nothing does."""
    if not review.activity:
        return BLANK
    took = f"   {duration(review.seconds)}" if review.seconds is not None else ""
    return line(standing_mark(review, "pending"), ink(f" {review.activity}"), ink(took, "muted"))


def steps(review: Review, width: int, active: int, keys: Sequence[str], *, marks: bool) -> list[Content]:
    """Return ` 1 Commit ✓   2 Changes …   3 Gates !   4 Approvals ✓   5 Confirm `, from and to at the right.

    `width` is the screen's: the pads of the outer steps stand in its margins.
    """
    signs = [*(standing_mark(review, standing) for standing in review.standings), BLANK]
    trios = enumerate(zip(STEPS, keys, signs, strict=True), 1)
    words = [_step(key, name, sign, here=at == active) for at, (name, key, sign) in trios]
    tight = sum(text.cell_length + 2 for text in words) > width
    parts = [
        make_clickable(_padded(text, here=at == active, marks=marks, tight=tight), f"screen.step({at})")
        for at, text in enumerate(words, 1)
    ]
    taken = sum(part.cell_length for part in parts)
    right = line(from_to(review), " ")
    room = width - taken - right.cell_length
    if room < 2 * len(parts):
        right, room = BLANK, width - taken
    gap = " " * max(1 if tight else 0, min(3, room // (len(parts) - 1)))
    joined = line(*(part if at == 0 else line(gap, part) for at, part in enumerate(parts)))
    return [spread(joined, right, width)]


def _step(key: str, name: str, sign: Content, *, here: bool) -> Content:
    return line(ink(f"{key} ", "muted"), ink(name, "strong" if here else "muted"), " " if sign.plain else "", sign)


def _padded(text: Content, *, here: bool, marks: bool, tight: bool) -> Content:
    if not here:
        return text if tight else line(" ", text, " ")
    left, right = ("[", "]") if marks else (" ", " ")
    return line(left, text, right).stylize_before(CURSOR)
