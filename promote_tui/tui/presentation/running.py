"""A run as its events tell it: steps with durations, the heading, the cause, what runs now and what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.ages import duration
from promote_tui.core.run import Outcome, Run
from promote_tui.core.steps import Progress, Step, steps
from promote_tui.core.text import short
from promote_tui.tui.presentation.ink import TROUBLE, Role, fit, ink, line, spread, wrap
from promote_tui.tui.presentation.lists import from_to, took

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.tui.presentation.glyphs import Glyphs


def step_line(step: Step, glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return `✓ check again   3s`."""
    marks: dict[Progress, tuple[str, Role, Role]] = {
        "todo": (glyphs.never, "faint", "muted"),
        "running": (glyphs.running(frame), "live", "strong"),
        "done": (glyphs.passed, "good", "plain"),
        "failed": (glyphs.failed, "bad", "strong"),
        "skipped": (glyphs.alone, "faint", "muted"),
    }
    char, glyph_role, role = marks[step.progress]
    time = "skipped" if step.progress == "skipped" else "" if step.seconds is None else duration(step.seconds)
    left = line(ink(char, glyph_role), " ", ink(step.name, role))
    shown = spread(left, ink(time, "strong" if role == "strong" else "muted"), width)
    return shown.stylize_before(TROUBLE) if step.progress == "failed" else shown


def step_lines(run: Run, now: datetime, glyphs: Glyphs, width: int, frame: int = 0) -> list[Content]:
    """Return the steps below each other, or in two columns where the screen is narrow but not that narrow."""
    every = [step_line(step, glyphs, 36, frame) for step in steps(run, now)]
    half = (len(every) + 1) // 2
    if width < 76:  # noqa: PLR2004 - two columns of 36 and a gap
        return [step_line(step, glyphs, min(width, 38), frame) for step in steps(run, now)]
    return [line(left, "    ", right) for left, right in zip(every[:half], every[half:], strict=True)]


def heading(run: Run, now: datetime, glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return `◐ Deploying orders to prod   2c7e914 → 8d20b6e      2m14s`."""
    glyph, words, role = _verdict(run, glyphs, frame)
    where = line(ink(run.service, "strong"), ink(" to ", "muted"), ink(run.stage, "strong"))
    left = line(ink(f"{glyph} {words} ", role), where, "   ", from_to(run, glyphs))
    return spread(left, ink(took(run, now), "strong"), width)


def _verdict(run: Run, glyphs: Glyphs, frame: int) -> tuple[str, str, Role]:
    match run.outcome:
        case Outcome.PENDING:
            return glyphs.running(frame), "Stopping" if run.cancel_requested else "Deploying", "strong live"
        case Outcome.VERIFIED:
            return glyphs.passed, "Deployed", "strong good"
        case Outcome.ROLLED_BACK:
            return (
                glyphs.failed,
                "Cancelled, rolled back:" if run.cancelled else "Failed and rolled back:",
                "strong bad",
            )
        case Outcome.FAILED:
            return glyphs.failed, "Failed:", "strong bad"
        case Outcome.NOT_SUBMITTED:
            return glyphs.failed, "Stopped before the deploy:", "strong warn"
        case Outcome.UNKNOWN:
            return glyphs.unknown, "Not known how it ended:", "strong warn"


def cause_lines(run: Run, glyphs: Glyphs, width: int) -> list[Content]:
    """Return the root cause, what the stage runs now and the one next step; nothing for a run that is fine."""
    if run.outcome in {Outcome.PENDING, Outcome.VERIFIED}:
        return []
    role: Role = "plain" if run.outcome in {Outcome.NOT_SUBMITTED, Outcome.UNKNOWN} else "bad"
    return [
        *wrap(ink(run.cause or "no reason is known", role, limit=2000), width)[:6],
        _labelled("NOW", _now(run, glyphs), width),
        *wrap(line(fit(ink("NEXT", "label"), 6), _after(run, glyphs)), width, 6),
    ]


def _labelled(label: str, words: Content, width: int) -> Content:
    return fit(line(fit(ink(label, "label"), 6), words), width)


def _now(run: Run, glyphs: Glyphs) -> Content:
    if run.outcome is Outcome.UNKNOWN:
        return line(ink(glyphs.unknown, "strong warn"), ink(f" it is not known what {run.stage} runs", "strong"))
    status = run.observed.stack_status if run.observed and run.observed.stack_status else ""
    note = ink(f"   the stack is {status}" if status else "", "muted")
    if run.still_on is None:
        return line(ink(f"nothing is deployed in {run.stage}", "strong"), note)
    word = "runs" if run.still_on == run.to_commit or run.still_on != run.from_commit else "still runs"
    return line(ink(glyphs.passed, "good"), ink(f" {run.stage} {word} {short(run.still_on)}", "strong"), note)


def _after(run: Run, glyphs: Glyphs) -> Content:
    if run.outcome is Outcome.UNKNOWN:
        return line(ink("c", "strong"), ink(f" {glyphs.arrow} find out what happened   "), ink(run.remedy, "muted"))
    again = line(ink("p", "strong"), ink(f" {glyphs.arrow} review {short(run.to_commit)} again"))
    return line(ink(f"{run.remedy}   "), again) if run.remedy else again


def success_lines(run: Run, following: str | None, glyphs: Glyphs, width: int) -> list[Content]:
    """Return what runs now and the way on to the stage after this one, for a run that ended well."""
    if run.outcome is not Outcome.VERIFIED:
        return []
    lines = [_labelled("NOW", _now(run, glyphs), width)]
    if following:
        words = line(
            ink("p", "strong"), ink(f" {glyphs.arrow} promote {short(run.to_commit)} to {following}", "strong")
        )
        lines.append(_labelled("NEXT", words, width))
    return lines


def target_lines(run: Run, glyphs: Glyphs) -> list[Content]:
    """Return account, region, stack and who, for the side of a wide screen."""
    account, region, stack = (*run.planned.key.split("/", 2), "", "")[:3]
    pairs = (
        ("stack", stack),
        ("account", f"{account} {glyphs.dot} {region}"),
        ("by", run.planned.who),
        ("commit", run.planned.subject),
        ("run", run.id),
    )
    return [ink("TARGET", "label"), *(line(fit(ink(key, "muted"), 9), ink(value)) for key, value in pairs)]


def log_title(path: str, note: Content, width: int, glyphs: Glyphs) -> Content:
    """Return `LOG  …/run/deploy.log        following`; the path is cut at its beginning."""
    room = max(0, width - note.cell_length - 6)
    shown = path if len(path) <= room else glyphs.loading + path[len(path) - room + 1 :]
    return spread(line(ink("LOG  ", "label"), ink(shown, "muted")), note, width)
