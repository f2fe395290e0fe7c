"""Why a deploy cannot be confirmed now, with the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.closed import opens_by_itself
from promote_tui.core.text import plural
from promote_tui.tui.presentation.next_steps import join_steps, key_words
from promote_tui.tui.presentation.review.steps import activity, standing_mark
from promote_tui.tui.presentation.style import fit, ink, line, wrap
from promote_tui.tui.presentation.wording import without_options

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.next_steps import NextStep
    from promote_tui.tui.presentation.review.model import Review

from promote_tui.tui.presentation.review.confirm import AT, frame_label


def standing(review: Review, width: int, *, cramped: bool = False) -> list[Content]:  # noqa: PLR0911 - a row a state
    """Return why the deploy cannot be confirmed now, with the next step; nothing where it can.

    `cramped` says that what has to be read and typed is taller than the screen.
    """
    if review.starting:
        return [line(frame_label("DEPLOY"), standing_mark(review, "pending"), ink(" starting; final check", "muted"))]
    if review.error is not None or review.expired:
        return _stopped(review, width)
    if review.closed:
        return _locked(review, width)
    if review.plan is None:
        return [fit(line(frame_label("REVIEW"), activity(review)), width)] if review.doing else []
    if review.read_only:
        return _why("BLOCKED", ink("started with --read-only: nothing is deployed from here"), width)
    if cramped:
        return _why("BLOCKED", ink("make the window larger: what has to be typed does not fit"), width)
    return []


def _why(label: str, words: Content, width: int) -> list[Content]:
    return wrap(line(frame_label(label, "strong bad"), words), width, AT)


def _stopped(review: Review, width: int) -> list[Content]:
    error, label = review.error, "BLOCKED" if review.draft else "STOPPED"
    if error is None:
        label, cause, remedy = "EXPIRED", "the plan is older than an hour", ""
    else:
        cause, remedy = error.cause, without_options(error.remedy, "go back and choose a commit with enter")
    step = error.step if error is not None else None
    return [*_why(label, ink(cause, "bad"), width), *_next(review, remedy, step, "plans again", width)]


def _locked(review: Review, width: int) -> list[Content]:
    gate, *others = review.closed
    more = ink(f"   and {plural(len(others), 'more gate')}: {', '.join(it.name for it in others)}" if others else "")
    lines = _why("BLOCKED", line(ink(gate.name, "strong"), ink(f": {gate.reason}"), more), width)
    lines += _next(review, gate.remedy, gate.step, "checks again", width)
    if review.waits:
        begins = "opens by itself: " if opens_by_itself(review.closed) else ""
        lines += wrap(line(" " * AT, ink(f"{begins}checked again every 30 s", "muted")), width, AT)
    return lines


def _next(review: Review, remedy: str, first: NextStep | None, again: str, width: int) -> list[Content]:
    """Return what can be done: the words of the first step, where they are no command, and the keys of all."""
    keys = [found for step in review.steps if (found := key_words(step, "promote", review.keys.of))]
    words = ", ".join(gate.name for gate in review.overridable) if review.error is None and not review.back else ""
    if words:
        keys.append(line(ink(review.keys.of("promote.override"), "strong"), ink(f" overrides {words}", "muted")))
    keys.append(line(ink(review.keys.again, "strong"), ink(f" {again}", "muted")))
    return wrap(line(frame_label("NEXT"), join_steps(remedy, first, keys)), width, AT)
