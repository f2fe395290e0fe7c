"""How a run ended: the root cause, what runs now and the one next step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.model.stack_status import Phase, status
from promote_tui.core.runs.next_step import describe_stuck, next_step_after
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.text import short
from promote_tui.tui.presentation.run.resources import short_type
from promote_tui.tui.presentation.style import BLANK, fit, ink, line, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.content import Content

    from promote_tui.core.next_steps import NextStep
    from promote_tui.core.planning.next_stage import NextStage
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.run.progress import RunView

_CAUSE = re.compile(r"(?s)(\S+) \((\S+?)\) ([A-Z_]+_FAILED): (.*)")


@dataclass(frozen=True, slots=True)
class RunKeys:
    """The keys that the next step is taken with, as they are set."""

    promote: str = "p"
    reconcile: str = "c"
    open: str = "o"
    copy: str = "y"
    rollback: str = "u"
    runs: str = "4"
    decide: str = "x"

    @classmethod
    def read(cls, key_of: Callable[[str], str], *, runs: str, promote: str, reconcile: str) -> RunKeys:
        """Return the keys as they are set; three of them have another action on each screen."""
        first = key_of(promote), key_of(reconcile), key_of("app.open"), key_of("app.copy"), key_of("app.rollback")
        return cls(*first, key_of(runs), key_of("app.decide"))


@dataclass(frozen=True, slots=True)
class FailureCause:
    """Why a run failed, in parts; `resource` is empty where it was no resource that failed."""

    reason: str
    resource: str = ""
    kind: str = ""
    status: str = ""


def cause_of(run: Run) -> FailureCause:
    """Return the cause in the parts that were put together for the record."""
    found = _CAUSE.fullmatch(run.cause)
    return FailureCause(found[4], found[1], found[2], found[3]) if found else FailureCause(run.cause)


def cause_lines(seen: RunView, keys: RunKeys, glyphs: Glyphs, width: int) -> list[Content]:
    """Return the root cause, what the stage runs now and the one next step; nothing for a run that is fine."""
    run = seen.run
    if run.outcome in {Outcome.PENDING, Outcome.VERIFIED}:
        return []
    cause = cause_of(run)
    head = [
        line(ink(cause.resource, "strong"), ink(f"   {short_type(cause.kind)}", "muted"), "   ")
        + ink(cause.status, "strong bad")
    ]
    return [
        *([fit(part, width) for part in head] if cause.resource else []),
        *wrap(ink(cause.reason or "the reason is unknown", limit=2000), width)[:6],
        BLANK,
        _labelled("NOW", _now(run, glyphs), width),
        *([part.pad_left(6) for part in wrap(ink(run.halfway.resources), width - 6)] if run.halfway else []),
        *_next(seen, keys, glyphs, width),
    ]


def first_failure_time(seen: RunView) -> str:
    """Return `first failed event, 16:22:47` where the stack's events tell the time of the cause."""
    failure, cause = seen.stack.failure, cause_of(seen.run)
    if failure is None or failure.logical_id != cause.resource:
        return ""
    return f"first failed event, {failure.at:%H:%M:%S} UTC"


def _labelled(label: str, words: Content, width: int) -> Content:
    return fit(line(fit(ink(label, "label"), 6), words), width)


def _now(run: Run, glyphs: Glyphs) -> Content:
    if run.outcome is Outcome.UNKNOWN or run.still_on == "":
        return line(ink(glyphs.unknown, "strong warn"), ink(f" unknown what {run.stage} runs", "strong"))
    note = ink(_stack_words(run), "muted")
    if run.kind == "adopted":
        return line(
            ink(glyphs.passed, "good"), ink(f" {short(run.to_commit)} counts as verified in {run.stage}", "strong")
        )
    if run.halfway is not None:
        return line(ink(glyphs.attention, "strong warn"), ink(f" {run.stage} is {run.halfway.place}", "strong"), note)
    if run.is_removal and run.outcome is Outcome.VERIFIED:
        return line(ink(glyphs.passed, "good"), ink(f" the stack of {run.stage} is gone", "strong"))
    if run.still_on is None:
        words = f"nothing is deployed in {run.stage}" if run.from_commit is None else f"{run.stage} names no commit"
        return line(ink(words, "strong"), note)
    word = "runs" if run.still_on == run.to_commit or run.still_on != run.from_commit else "still runs"
    mark = ink(glyphs.attention, "strong warn") if describe_stuck(run) or run.unproved else ink(glyphs.passed, "good")
    return line(mark, ink(f" {run.stage} {word} {short(run.still_on)}", "strong"), note)


def _stack_words(run: Run) -> str:
    name = run.observed.stack_status if run.observed else None
    if not name:
        return ""
    stable = "stack is stable, " if status(name).phase is Phase.STABLE else "the stack is "
    return f"   {stable}{name}"


def _next(seen: RunView, keys: RunKeys, glyphs: Glyphs, width: int) -> list[Content]:
    found = next_step_after(seen.run, unproved=seen.unproved)
    if found is None:
        return []
    step, note = next_step_words(seen.run, found, keys, glyphs)
    console = BLANK if found.kind == "console" else line(ink(keys.open, "strong"), ink(" console   ", "muted"))
    label = fit(ink("NEXT", "label"), 6)
    for copy in (" copy reason", " copy"):
        also = line(console, ink(keys.copy, "strong"), ink(copy, "muted"))
        if 6 + step.cell_length + note.cell_length + also.cell_length + 6 <= width:
            return [spread(line(label, step, "   ", note), also, width)]
    if 6 + step.cell_length + also.cell_length + 3 <= width:
        rest = [part.pad_left(6) for part in wrap(note, width - 6)] if note.plain else []
        return [spread(line(label, step), also, width), *rest]
    return wrap(line(label, step, "   ", note), width, 6)


def next_step_words(run: Run, step: NextStep, keys: RunKeys, glyphs: Glyphs) -> tuple[Content, Content]:
    """Return the next step after a run with its key, and what goes with it."""
    match step.kind:
        case "reconcile":
            return _key(keys.reconcile, "reconcile the run", glyphs), BLANK
        case "console":
            return _key(keys.open, "open the console", glyphs), ink(describe_stuck(run), "muted")
        case "run":
            return _key(keys.runs, f"run {run.rollback} rolls it back", glyphs), BLANK
        case "rollback":
            return _key(keys.rollback, "roll back", glyphs), ink(run.unattended, "muted")
        case "adopt":
            return _key(keys.decide, "adopt it with a reason", glyphs), _otherwise(run, keys)
        case _:
            return _key(keys.promote, f"review {short(run.to_commit)} again", glyphs), ink(_words(run), "muted")


def _otherwise(run: Run, keys: RunKeys) -> Content:
    """Return what else can be done where the deploy did not finish."""
    again = line(ink("or fix it, then ", "muted"), ink(keys.promote, "strong"), ink(" reviews it again", "muted"))
    return line(again, ink(f"   {run.unattended}", "muted")) if run.unattended else again


def _words(run: Run) -> str:
    """Return the recorded words where they are no command: the review itself says what opens a gate that was closed."""
    said = run.outcome is Outcome.NOT_SUBMITTED or run.unproved
    return "" if said or run.remedy == "promote again" else run.remedy


def _key(key: str, words: str, glyphs: Glyphs) -> Content:
    return line(ink(key, "strong"), ink(f" {glyphs.arrow} ", "muted"), ink(words, "strong"))


@dataclass(frozen=True, slots=True)
class RunFollowUp:
    """What comes after a run: what the next stage allows, and whether its own stage may still be on hold."""

    onward: NextStage | None = None
    may_be_held: bool = True


def success_lines(run: Run, end: RunFollowUp, keys: RunKeys, glyphs: Glyphs, width: int) -> list[Content]:
    """Return what runs now and the way on to the stage after this one, for a run that ended well.

    After a rollback that is to lift the hold which the run has put on its stage, unless somebody has.
    """
    if run.outcome is not Outcome.VERIFIED:
        return []
    held, onward = end.may_be_held, end.onward
    now = _labelled("NOW", _went_back(run, glyphs, held=held) if run.rollback_words else _now(run, glyphs), width)
    if run.rollback_words and held:
        return [now, *_wrapped(_key(keys.decide, "lift the hold, once the cause is fixed", glyphs), width)]
    if onward is None or not run.to_commit:
        return [now]
    return [now, *_wrapped(next_stage_words(run, onward, keys.promote, glyphs), width)]


def _went_back(run: Run, glyphs: Glyphs, *, held: bool) -> Content:
    words = line(ink(glyphs.passed, "good"), ink(f" {run.stage} {run.rollback_words}", "strong"))
    return line(words, ink(", ", "strong"), ink("on hold until lifted", "strong warn")) if held else words


def next_stage_words(run: Run, onward: NextStage, key: str, glyphs: Glyphs) -> Content:
    """Return `p → promote 8d20b6e to prod`, or what the next stage's branches ask for first."""
    if onward.commit:
        return _key(key, f"promote {short(onward.commit)} to {onward.stage}", glyphs)
    merge = ink(f"merge {short(run.to_commit)} to {onward.where} for {onward.stage}, or ", "strong")
    return line(merge, _key(key, f"choose a commit that is on {onward.where}", glyphs))


def _wrapped(words: Content, width: int) -> list[Content]:
    return wrap(line(fit(ink("NEXT", "label"), 6), words), width, 6)


def reconcile_words(run: Run | None) -> str:
    """Return in words what was found out about a run."""
    if run is None:
        return "it never began; its lock is free"
    return f"reconciled: {run.status.value.replace('_', ' ')}"
