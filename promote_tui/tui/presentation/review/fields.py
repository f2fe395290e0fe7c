"""The fields of a confirmation: what is to be typed into them, and what is still to be done before the deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.planning.plan import confirmation_phrase
from promote_tui.core.text import plural
from promote_tui.tui.presentation.review import resource_effects
from promote_tui.tui.presentation.review.confirm import AT, frame_label
from promote_tui.tui.presentation.style import BLANK, fit, ink, line, wrap

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.tui.presentation.review.model import Review


_COLUMN = 52
"""Cells before the fields, where there is room."""
_FIELD = 24
"""Cells that a field should have beside what is to be typed into it."""


def phrase_lines(review: Review, width: int) -> list[Content]:
    """Return `TYPE  orders prod  to deploy`; the words to type are never cut."""
    words = line(frame_label("TYPE"), ink(confirmation_phrase(review.target), "strong"))
    deed = "  to roll back" if review.is_rollback else "  to deploy"
    return [fit(line(words, ink(deed, "muted")) if width > words.cell_length + len(deed) else words, width)]


def reason_lines(width: int) -> list[Content]:
    """Return `WHY  a reason  for the record`."""
    return [fit(line(frame_label("WHY"), ink("a reason"), ink("  for the record", "muted")), width)]


def field_column(review: Review, width: int) -> int:
    """Return the cells before the fields: the names to type stand there whole, wherever a field is left beside them."""
    longest = max((len(need.logical_id) for need in review.required_allowances), default=0)
    return max(min(_COLUMN, width - _FIELD), min(AT + longest + 2, width - 12))


def name_lines(review: Review, width: int) -> list[Content]:
    """Return `OrdersTable: its data is lost`, the names alone where there is no room; none is cut."""
    label = frame_label("" if review.confirm == "type" else "TYPE")
    names = ink(" ".join(need.logical_id for need in review.required_allowances), "strong", limit=5000)
    kept = review.required_allowances and not resource_effects.lost_resources(review.resources)
    them = "it" if len(review.required_allowances) == 1 else "they"
    does = {
        "it": ("its data is lost", "it stays in the account"),
        "they": ("their data is lost", "they stay in the account"),
    }[them]
    words = ink(f": {does[1]}" if kept else f": {does[0]}", "muted" if kept else "bad")
    whole = line(label, names, words)
    roomy = whole.cell_length <= width or width >= _COLUMN
    return wrap(whole if roomy else line(label, names), width, AT)


def hint(review: Review, typed: str, *, in_sight: bool, armed: bool, covered: bool = False) -> Content:
    """Return what is still to be done before the deploy, beside its button."""
    if review.is_in_progress:
        return ink("ready when the plan is" if typed else "typing waits for the plan", "muted")
    if not review.is_ready:
        return BLANK
    if covered or not in_sight:
        words = "wait until the message disappears" if covered else "make the window larger to deploy"
        return ink(words, "warn")
    return _untyped(review, typed) or (_next_key(review) if armed else BLANK)


def _untyped(review: Review, typed: str) -> Content | None:
    """Return what is still to be typed."""
    words = review.confirm == "type" and typed != confirmation_phrase(review.target)
    names = bool(review.required_allowances) and not review.granted_allowances
    if words and names and not typed:
        return _both(review)
    if words:
        return _missing(review, confirmation_phrase(review.target), typed)
    return _unnamed(review) if names else None


def _next_key(review: Review) -> Content:
    """Return the key that deploys, or that goes to the button."""
    if review.confirm == "none" and not review.required_allowances:
        return line(ink(review.keys.deploy, "strong"), ink(" deploys", "muted"))
    return line(ink(review.keys.onward, "strong"), ink(", then enter deploys", "muted"))


def _missing(review: Review, wanted: str, typed: str) -> Content:
    if not typed:
        return _onward(review, "then type the words")
    left = len(wanted) - len(typed)
    if wanted.startswith(typed):
        return ink(f"{plural(left, 'letter')} to go", "muted")
    return ink("does not match yet", "warn")


def _both(review: Review) -> Content:
    return ink("ready when both match", "muted") if review.typed_names else _onward(review, "then type both")


def _onward(review: Review, words: str) -> Content:
    return line(ink(review.keys.onward, "strong"), ink(f" {words}", "muted"))


def _unnamed(review: Review) -> Content:
    wanted = [need.logical_id for need in review.required_allowances]
    if len(wanted) == 1 and review.typed_names:
        return _missing(review, wanted[0], review.typed_names)
    if not review.typed_names:
        return _onward(review, "then type the name" if len(wanted) == 1 else "then type the names")
    left = len(set(wanted) - {*review.typed_names.split()})
    return ink(f"{plural(left, 'name')} to go" if left else "does not match yet", "warn" if not left else "muted")
