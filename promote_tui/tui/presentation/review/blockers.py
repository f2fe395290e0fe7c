"""Why a deploy cannot be confirmed now, with the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.blocked_gates import opens_by_itself
from promote_tui.core.model.cells import commit_of
from promote_tui.core.text import plural
from promote_tui.tui.presentation.next_steps import ACTIONS, join_steps, key_words
from promote_tui.tui.presentation.review.confirm import AT, frame_label
from promote_tui.tui.presentation.review.steps import activity, standing_mark
from promote_tui.tui.presentation.style import fit, ink, line, wrap
from promote_tui.tui.presentation.wording import without_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.content import Content

    from promote_tui.core.next_steps import NextStep
    from promote_tui.tui.presentation.review.model import Review


def blocker_lines(review: Review, width: int, *, cramped: bool = False) -> list[Content]:
    """Return why the deploy cannot be confirmed now, with the next step; nothing where it can.

    `cramped` says that what has to be read and typed is taller than the screen.
    """
    if review.is_starting:
        return [line(frame_label("DEPLOY"), standing_mark(review, "pending"), ink(" starting; final check", "muted"))]
    if review.error is not None or review.is_expired:
        return _stopped(review, width)
    if review.closed_gates:
        return _locked(review, width)
    if review.plan is None:
        return [fit(line(frame_label("REVIEW"), activity(review)), width)] if review.activity else []
    why = "make the window larger: what has to be typed does not fit" if cramped else ""
    why = "started with --read-only: nothing is deployed from here" if review.read_only else why
    return _why("BLOCKED", ink(why), width) if why else []


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
    gate, *others = review.closed_gates
    more = ink(f"   and {plural(len(others), 'more gate')}: {', '.join(it.name for it in others)}" if others else "")
    lines = _why("BLOCKED", line(ink(gate.name, "strong"), ink(f": {gate.reason}"), more), width)
    lines += _next(review, gate.remedy, gate.step, "checks again", width)
    if review.may_open_unaided:
        begins = "opens by itself: " if opens_by_itself(review.closed_gates) else ""
        lines += wrap(line(" " * AT, ink(f"{begins}checked again every 30 s", "muted")), width, AT)
    return lines


def _next(review: Review, remedy: str, first: NextStep | None, again: str, width: int) -> list[Content]:
    """Return what can be done: the words of the first step, where they are no command, and the keys of all."""
    keys = [found for step in review.next_steps if (found := key_words(step, "promote", review.keys.of))]
    words = (
        ", ".join(gate.name for gate in review.overridable_gates)
        if review.error is None and not review.is_rollback
        else ""
    )
    if words:
        keys.append(line(ink(review.keys.of("promote.override"), "strong"), ink(f" overrides {words}", "muted")))
    keys.append(line(ink(review.keys.again, "strong"), ink(f" {again}", "muted")))
    return wrap(line(frame_label("NEXT"), join_steps(remedy, first, keys)), width, AT)


def why_not_deploy(review: Review, *, in_sight: bool) -> str:
    """Return why one key does not deploy; empty where it does."""
    return next(_reasons(review, in_sight=in_sight), "")


def _reasons(review: Review, *, in_sight: bool) -> Iterator[str]:
    if review.is_ready and review.required_allowances:
        yield _ask_names(review)
    if review.confirm != "none":
        yield _ask_more(review)
    if review.error is not None:
        yield review.error.cause
    yield from (f"{gate.name}: {gate.reason}" for gate in review.closed_gates[:1])
    if review.plan is None:
        yield "the package is not made yet"
    if review.read_only:
        yield "started with --read-only"
    if review.is_expired:
        yield "the plan is older than an hour"
    if not in_sight:
        yield "make the window larger: the target must be in sight"


def _ask_names(review: Review) -> str:
    names = " ".join(need.logical_id for need in review.required_allowances)
    return f"what is replaced or removed holds data: type {names}, then tab to Deploy"


def _ask_more(review: Review) -> str:
    how = "tab to the field and type" if review.confirm == "type" else "tab to Deploy, then enter"
    return f"{review.target.stage} requires more than one key: {how}"


def why_no_diff(review: Review) -> str:
    """Return why there is no difference to show; empty where there is one."""
    draft, stage = review.draft, review.target.stage
    if draft is None:
        return "the draft is not read yet"
    if draft.deployed is None and commit_of(draft.cell):
        return f"what runs in {stage} is not in this clone"
    same = draft.deployed is not None and draft.deployed.sha == draft.commit.sha
    return f"{stage} runs that commit already" if same else ""


def review_keys(review: Review) -> list[str]:
    """Return the ids of the bindings that are the next step about what is in the way."""
    found = [ACTIONS["promote"][step.kind] for step in review.next_steps if step.kind in ACTIONS["promote"]]
    return [*found, *(["promote.override"] if review.can_override else [])]
