"""A run as its events tell it: the heading, steps with durations, its target and the title of its log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.core.runs.adoption import describe_basis
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.runs.steps import Progress, Step, steps
from promote_tui.core.stacks.progress import StackPhase, StackProgress
from promote_tui.core.text import short
from promote_tui.core.value import replace
from promote_tui.tui.presentation.lines import duration_of, from_to
from promote_tui.tui.presentation.run.resources import bar
from promote_tui.tui.presentation.style import BLANK, PAUSED, TROUBLE, Role, align_right, fit, ink, line, spread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.runs.typical_duration import TypicalDuration
    from promote_tui.tui.presentation.glyphs import Glyphs

_BAR = 20
_TIME = 9
_ENDS: Mapping[Outcome, tuple[str, Role]] = {
    Outcome.VERIFIED: ("Deployed", "strong good"),
    Outcome.ROLLED_BACK: ("Failed and rolled back", "strong bad"),
    Outcome.FAILED: ("Failed", "strong bad"),
    Outcome.NOT_SUBMITTED: ("Stopped before the deploy", "strong warn"),
    Outcome.UNKNOWN: ("Verdict unknown", "strong warn"),
}


@dataclass(frozen=True, slots=True)
class RunView:
    """A run with all that its screen knows of it; `gone` says that its runner is.

    `unproved`: what it deployed is not known to have been proved or replaced since.
    """

    run: Run
    now: datetime
    stack: StackProgress = field(default_factory=StackProgress)
    usual: TypicalDuration | None = None
    trouble: str = ""
    gone: bool = False
    unproved: bool = True


def steps_of(seen: RunView) -> list[Step]:
    """Return the run's steps, with the way back that AWS took between them where it took one."""
    found = [] if seen.run.has_no_deploy else steps(seen.run, seen.now)
    if seen.stack.rollback is None or not found:
        return found
    began, ended = seen.stack.rollback
    progress: Progress = "running" if ended is None and seen.run.live else "done"
    if seen.stack.phase is StackPhase.FAILED:
        progress = "failed"
    seconds = ((ended or seen.now) - began).total_seconds()
    at = next(at for at, step in enumerate(found) if step.name == "deploy")
    deploy = replace(found[at], progress="failed")
    return [*found[:at], deploy, Step("rollback by AWS", progress, seconds), *found[at + 1 :]]


def step_line(step: Step, usual: TypicalDuration | None, glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return `✓ check again      3s      3s`: what it took, and what it usually takes."""
    marks: dict[Progress, tuple[str, Role, Role]] = {
        "todo": (glyphs.never, "faint", "muted"),
        "running": (glyphs.running(frame), "live", "strong"),
        "done": (glyphs.passed, "good", "plain"),
        "failed": (glyphs.failed, "bad", "strong"),
        "skipped": (glyphs.alone, "faint", "muted"),
    }
    char, glyph_role, role = marks[step.progress]
    time = "skipped" if step.progress == "skipped" else "" if step.seconds is None else duration(step.seconds)
    known = usual.steps.get(step.name) if usual and step.progress != "skipped" else None
    often = "" if known is None else duration(known)
    left = line(ink(char, glyph_role), " ", ink(step.name, role))
    shown = spread(left, _times(ink(time, "strong" if role == "strong" else "muted"), ink(often, "muted")), width)
    return shown.stylize_before(TROUBLE) if step.progress == "failed" else shown


def _times(took_: Content, often: Content) -> Content:
    return line(align_right(took_, _TIME), align_right(often, _TIME))


_COLUMN, _GAP, _ALONE = 36, 4, 40
"""Cells of a column of steps, of the gap between two, and of one that stands alone."""
_WITHOUT_STEPS: Mapping[str, str] = {
    "adopted": "an adoption deploys nothing",
    "recovery": "a recovery deploys nothing",
}
_WITHOUT_DEPLOY: Mapping[str, str] = {"adopted": "Adopted", "recovery": "Recovered"}
"""How a run ends well that deploys nothing, by its kind."""


def step_lines(seen: RunView, glyphs: Glyphs, width: int, frame: int = 0) -> list[Content]:
    """Return the steps below their head, or in two columns where the screen is narrow but not that narrow."""
    every = steps_of(seen)
    if not every:
        return [ink(_WITHOUT_STEPS.get(seen.run.kind, "somebody else did this: no steps"), "muted")]
    if width < 2 * _COLUMN + _GAP:
        head = spread(ink("STEP", "label"), _times(ink("TOOK", "label"), ink("USUAL", "label")), min(width, _ALONE))
        return [head, *(step_line(step, seen.usual, glyphs, min(width, _ALONE), frame) for step in every)]
    lines = [step_line(step, seen.usual, glyphs, _COLUMN, frame) for step in every]
    half = (len(lines) + 1) // 2
    return [line(left, " " * _GAP, right) for left, right in zip(lines[:half], [*lines[half:], BLANK], strict=False)]


def heading(seen: RunView, glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return `◐ Deploying orders to prod   2c7e914 → 8d20b6e      ▰▰▰▱ 2m14s of about 3m05s`."""
    run = seen.run
    glyph, words, role = _verdict(seen, glyphs, frame)
    if run.kind == "adopted" and run.outcome is Outcome.VERIFIED:
        left = line(ink(f"{glyph} {words}", role), " ", ink(short(run.to_commit), "strong"))
        stood = ink(describe_basis(run), "muted")
        return spread(line(left, ink(" in ", "muted"), ink(run.stage, "strong"), "   ", stood), BLANK, width)
    to = " in " if run.rollback_words or run.has_no_deploy else " from " if run.is_removal else " to "
    where = line(ink(run.service, "strong"), ink(to, "muted"), ink(run.stage, "strong"))
    between = " " if words in {"Deploying", "Deployed", "Removing", "Removed", "Rolled back"} else "   "
    left = line(ink(f"{glyph} {words}", role), between, where)
    return _beside(left, (from_to(run, glyphs), ink(short(run.to_commit))), (_spent(seen), _share(seen, glyphs)), width)


def _beside(left: Content, commits: tuple[Content, Content], times: tuple[Content, ...], width: int) -> Content:
    """Return both ends; what does not fit goes: first the bar, then what is usual, then where it came from."""
    spent, often = times[0], times[0][: times[0].plain.find("  ")] if "  " in times[0].plain else times[0]
    rights = [line(times[1], "   ", spent)] if times[1].plain else []
    for right in (*rights, spent, often):
        for commit in commits if right is often else commits[:1]:
            whole = line(left, "   ", commit)
            if whole.cell_length + right.cell_length < width:
                return spread(whole, right, width)
    return spread(left, often, width)


def _spent(seen: RunView) -> Content:
    spent = ink(duration_of(seen.run, seen.now), "strong")
    if seen.usual is None or seen.gone or _going_back(seen):
        return spent
    often = duration(seen.usual.total)
    if seen.run.outcome is not Outcome.PENDING:
        return line(spent, ink(f"  usual {often}", "muted"))
    over = (seen.now - seen.run.started_at).total_seconds() > seen.usual.total
    return line(spent, ink(f", usually {often}" if over else f" of about {often}", "warn" if over else "muted"))


def _share(seen: RunView, glyphs: Glyphs) -> Content:
    if seen.usual is None or not seen.usual.total or seen.run.outcome is not Outcome.PENDING:
        return BLANK
    if seen.gone or _going_back(seen):
        return BLANK
    spent = (seen.now - seen.run.started_at).total_seconds()
    return bar(min(0.95, spent / seen.usual.total), glyphs, _BAR)


def _going_back(seen: RunView) -> bool:
    return seen.run.outcome is Outcome.PENDING and seen.stack.rollback is not None


def _verdict(seen: RunView, glyphs: Glyphs, frame: int) -> tuple[str, str, Role]:
    run = seen.run
    if run.outcome is Outcome.PENDING:
        if seen.gone:
            return glyphs.unknown, "Its runner is gone", "strong warn"
        return glyphs.running(frame), _doing(seen), "strong live"
    marks = {Outcome.VERIFIED: glyphs.passed, Outcome.UNKNOWN: glyphs.unknown}
    words, role = _ENDS[run.outcome]
    words = "Rolled back" if run.rollback_words else words
    if run.has_no_deploy and run.outcome is Outcome.VERIFIED:
        words = _WITHOUT_DEPLOY.get(run.kind, "Updated outside of promote-tui")
    if run.is_removal and run.outcome is Outcome.VERIFIED:
        words = "Removed"
    if run.outcome is Outcome.ROLLED_BACK and run.cancelled:
        words, role = "Cancelled, rolled back", "strong warn"
    if run.unproved:
        words = "Deployed, not proved"
    return marks.get(run.outcome, glyphs.failed), words, role


def _doing(seen: RunView) -> str:
    run = seen.run
    if run.cancel_requested:
        return "Stopping"
    if seen.stack.phase is StackPhase.ROLLING_BACK:
        return "Rolling back"
    if run.submitted:
        return (
            ("Recovering" if run.is_recovery else "Removing" if run.is_removal else "Deploying")
            if run.exit_code is None and run.phase != "exited"
            else "Reading back"
        )
    return "Starting" if run.runner is None else "Checking again"


_NO_WAY_BACK = "unknown: the stack named no commit"


def target_lines(run: Run, glyphs: Glyphs, width: int) -> list[Content]:
    """Return account, region, stack, who, and the way back, for the side of a wide screen."""
    account, region, stack = (*run.planned.key.split("/", 2), "", "")[:3]
    back = "none: the first deploy here" if run.from_commit is None else short(run.from_commit) or _NO_WAY_BACK
    lock = "released" if run.released else "not acquired yet" if run.fence is None else f"held, fence {run.fence}"
    pairs = (
        ("stack", stack),
        ("account", f"{account} {glyphs.dot} {region}"),
        ("by", run.promoter_words),
        ("why", run.planned.reason),
        ("commit", run.planned.subject),
        ("branch", run.planned.preview),
        ("rollback", "" if run.has_no_deploy or run.planned.preview else back),
        ("lock", "" if run.has_no_deploy else lock),
    )
    rows = [fit(line("  ", fit(ink(key, "muted"), 10), ink(value)), width) for key, value in pairs if value]
    return [ink("TARGET", "label"), *rows]


def log_title(path: str, note: Content, width: int, glyphs: Glyphs) -> Content:
    """Return `LOG  …/run/deploy.log        following`; the path is cut at its beginning."""
    room = max(0, width - note.cell_length - 6)
    shown = path if len(path) <= room else glyphs.cut + path[len(path) - max(0, room - len(glyphs.cut)) :]
    return spread(line(ink("LOG  ", "label"), ink(shown, "muted")), note, width)


def no_log(run: Run) -> str:
    """Return why there is no log of a run."""
    if run.is_recovery:
        return "a recovery has no log: CloudFormation does it"
    if run.has_no_deploy:
        return "an adoption has no log" if run.kind == "adopted" else "an update outside of promote-tui has no log here"
    where = f"there is no log here; the run was started on {run.host or 'another machine'}"
    return "no log yet" if run.live else where


def log_note(paused: int | None, key: str, *, live: bool) -> Content:
    """Return `following`, or `PAUSED +132  end` with the key that goes there; nothing at the end of what is past."""
    if paused is None:
        return ink("following" if live else "", "plain")
    return line(ink(f" PAUSED +{paused}  ", "strong warn"), ink(f"{key} ", "strong")).stylize_before(PAUSED)


def search_note(place: tuple[int, int]) -> Content:
    """Return `3 of 12`, or that there is no match."""
    at, count = place
    return ink(f"{at} of {count}", "muted") if count else ink("no match", "warn")
