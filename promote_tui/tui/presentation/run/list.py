"""The record of runs: a row each, in days, and all about the one under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from promote_tui.core.runs.next_step import describe_stuck, next_step_after
from promote_tui.core.runs.run import Outcome, Run, RunStatus
from promote_tui.core.runs.unsettled_runs import reconcile_command
from promote_tui.core.text import short
from promote_tui.tui.presentation.lines import duration_of, from_to, outcome, pair
from promote_tui.tui.presentation.run.outcome import RunKeys, cause_of, next_stage_words, next_step_words
from promote_tui.tui.presentation.style import BLANK, Role, align_right, fit, ink, line, rule, spread, wrap
from promote_tui.tui.presentation.wording import exact_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from promote_tui.core.planning.next_stage import NextStage
    from promote_tui.core.releases.history import HistoryEntry
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.run.progress import RunView

_WIDE = 110
_FROM_TO = 76
"""Columns of the screen from which there is room for the two hashes."""
_KEYED = 12


def day_of(entry: HistoryEntry) -> date:
    """Return the day on which a run, or the newest of a release, was started: in local time, as on all screens."""
    newest = entry if isinstance(entry, Run) else entry.runs[0]
    return newest.started_at.astimezone().date()


def day_line(day: date, now: datetime, glyphs: Glyphs, width: int) -> Content:
    """Return `Fri 20 Mar ─────`, with the year where it is another one."""
    year = "" if day.year == now.astimezone().year else f" {day.year}"
    left = ink(f"{day:%a} {day.day:>2} {day:%b}{year}", "muted")
    return rule(left, BLANK, width + 1, glyphs.rule).truncate(width)


def run_line(run: Run, now: datetime, glyphs: Glyphs, width: int, frame: int = 0) -> Content:
    """Return a run as a row: when, which, what, where, from and to, (kind, who,) how it ended, how long it took."""
    cells = (
        ink(f"{run.started_at.astimezone():%H:%M}", "muted"),
        ink(run.id, "muted"),
        ink(run.service),
        ink(run.stage),
        from_to(run, glyphs),
        ink(run.kind, "muted" if run.kind == "normal" else "warn"),
        ink(run.planned.who, "muted"),
    )
    sizes = column_widths(width)
    shown = [fit(cell, size - 1) + " " for cell, size in zip(cells, sizes, strict=True) if size]
    time = "" if run.outcome is Outcome.UNKNOWN else duration_of(run, now)
    return spread(
        line(*shown, outcome_words(run, glyphs, frame)), align_right(ink(time or glyphs.none, "muted"), 6), width
    )


def column_widths(width: int) -> tuple[int, ...]:
    """Return the columns' widths, 0 for one that goes: how a run ended is told at every width."""
    if width >= _WIDE:
        return 9, 8, 17, 10, 20, 9, 9
    return (6, 7, 13, 9, 18, 0, 0) if width >= _FROM_TO else (6, 7, 13, 9, 0, 0, 0)


def live_counts(runs: Sequence[Run], glyphs: Glyphs, frame: int) -> Content:
    """Return how many runs go on, and of how many it is not known how they ended."""
    lost = sum(run.status is RunStatus.UNKNOWN for run in runs)
    live = sum(run.live for run in runs if run.status is not RunStatus.UNKNOWN)
    marks = [ink(f"{glyphs.running(frame)} {live} running", "live")] if live else []
    marks += [ink(f"{glyphs.unknown} {lost} to reconcile", "warn")] if lost else []
    return Content("    ").join(marks) if marks else ink("no run in progress", "muted")


def run_columns(width: int) -> Content:
    """Return the heads of `run_line`'s columns."""
    names = ("TIME", "RUN", "SERVICE", "STAGE", "FROM TO", "KIND", "WHO")
    heads = [fit(ink(name, "label"), size) for name, size in zip(names, column_widths(width), strict=True) if size]
    return spread(line(*heads, ink("OUTCOME", "label")), ink("TOOK", "label"), width)


def outcome_words(run: Run, glyphs: Glyphs, frame: int = 0) -> Content:
    """Return how a run ended in a few words, or what it does now."""
    told = outcome(run, glyphs, frame)
    resource = cause_of(run).resource
    if run.status is RunStatus.UNKNOWN:
        return line(ink(glyphs.unknown, "strong warn"), ink(" to reconcile", "warn"))
    if run.outcome is Outcome.PENDING and run.cancel_requested:
        return line(ink(glyphs.running(frame), "live"), ink(" stopping", "live"))
    if run.outcome is Outcome.NOT_SUBMITTED and not run.cancelled:
        return line(ink(f"{glyphs.failed} not begun", "bad"))
    return line(told, ink(f": {resource}", "bad")) if resource and not run.cancelled else told


def title(run: Run, glyphs: Glyphs, width: int) -> Content:
    """Return `h3k9pq  orders · prod ───── ! rollback`."""
    left = line(
        ink(run.id, "strong"),
        "  ",
        ink(run.service, "strong"),
        ink(f" {glyphs.dot} ", "faint"),
        ink(run.stage, "strong"),
    )
    marks: list[str] = [run.kind] if run.kind != "normal" else []
    marks += ["holds the lock"] if run.live and run.outcome is not Outcome.PENDING else []
    note = ink(f"{glyphs.attention} {', '.join(marks)}", "warn") if marks else outcome_words(run, glyphs)
    return rule(left, note, width, glyphs.rule)


def command_for(run: Run) -> tuple[str, str]:
    """Return the command that watches a run, or that reconciles it, with its purpose."""
    if run.status is RunStatus.UNKNOWN:
        return "command to reconcile it", reconcile_command(run.id)
    return "command to watch it", f"promote-tui attach {run.id}"


def next_promotion(run: Run, following: str | None) -> tuple[str, str]:
    """Return the stage that the run's commit can be promoted to next, or why there is none now."""
    if run.planned.preview:
        return "", f"{run.stage} is a preview: promote-tui preview up {run.planned.preview}"
    if run.outcome is Outcome.PENDING:
        return "", f"run {run.id} is still running"
    if run.outcome is Outcome.UNKNOWN:
        return "", f"the verdict of run {run.id} is unknown; open it to reconcile it"
    if run.outcome is Outcome.VERIFIED:
        return (following, "") if following else ("", f"{run.stage} is the last stage")
    return ("", f"{run.service}/{run.stage}: {describe_stuck(run)}") if describe_stuck(run) else (run.stage, "")


def action_line(
    run: Run, following: str | None, known: NextStage | None, key_of: Callable[[str], str], glyphs: Glyphs
) -> Content:
    """Return what can be done with the run, the way on first; `known` is what the next stage's branches allow."""
    stage, _ = next_promotion(run, following)
    arrow = ink(f" {glyphs.arrow} ", "muted")
    if run.outcome is Outcome.VERIFIED and known is not None:
        first = line(next_stage_words(run, known, key_of("runs.promote"), glyphs), "      ")
        return line(first, ink(key_of("rows.choose"), "strong"), arrow, ink("open the run"))
    words = (
        f"promote {short(run.to_commit)} to {stage}" if stage != run.stage else f"review {short(run.to_commit)} again"
    )
    first = line(ink(key_of("runs.promote"), "strong"), arrow, ink(words, "strong"), "      ") if stage else BLANK
    replay = "watch the run" if run.outcome is Outcome.PENDING else "open the run"
    return line(first, ink(key_of("rows.choose"), "strong"), arrow, ink(replay))


def facts(seen: RunView, glyphs: Glyphs, keys: RunKeys) -> tuple[list[Content], list[Content]]:
    """Return what is known of a run, in two columns."""
    run, now = seen.run, seen.now
    account, region, stack = (*run.planned.key.split("/", 2), "", "")[:3]
    left = [
        ("commit", ink(run.planned.subject)),
        ("reason", ink(run.planned.reason)),
        ("hold", ink(_hold(run), "warn")),
        ("why", ink(run.cause, _blame(run))),
        ("next", _next(run, keys, glyphs, unproved=seen.unproved)),
        ("gates", ink(_gates(run))),
    ]
    right = [
        ("by", ink(run.promoter_words)),
        ("stack", ink(stack)),
        ("account", ink(f"{account} {glyphs.dot} {region}")),
        ("started", ink(exact_time(run.started_at))),
        ("ended", ink(f"{exact_time(run.ended_at)}, after {duration_of(run, now)}" if run.ended_at else "")),
    ]
    return _pairs(left), _pairs(right)


def _next(run: Run, keys: RunKeys, glyphs: Glyphs, *, unproved: bool) -> Content:
    """Return the next step with its key; the one that stands above already, to review it again, in words alone."""
    step = next_step_after(run, unproved=unproved)
    if step is None:
        return BLANK
    key, note = next_step_words(run, step, keys, glyphs)
    if step.kind == "review":
        return ink(note.plain, "warn")
    return line(key, "   ", note) if note.plain else key


def _pairs(rows: Sequence[tuple[str, Content]]) -> list[Content]:
    return [pair(key, value, _KEYED) for key, value in rows if value.plain]


def _hold(run: Run) -> str:
    return f"{run.rollback_words}; the run put {run.stage} on hold" if run.rollback_words else ""


def _blame(run: Run) -> Role:
    return "bad" if run.outcome in {Outcome.FAILED, Outcome.ROLLED_BACK} else "warn"


def _gates(run: Run) -> str:
    closed = [gate.name for gate in run.gates if not gate.passed]
    if closed:
        return f"{len(closed)} blocked: {', '.join(closed)}"
    return f"{len(run.gates)} pass" if run.gates else ""


def detail(seen: RunView, glyphs: Glyphs, keys: RunKeys, width: int, height: int) -> list[Content]:
    """Return the facts in two columns where they fit, else what matters most below each other."""
    left, right = facts(seen, glyphs, keys)
    if width < _WIDE:
        every = [
            *left[:1],
            *(part for row in left[1:] for part in _wrap_at_most(2, row, width)),
            *right[3:4],
            *right[:3],
        ]
        return [fit(row, width) for row in every[:height]]
    half = width * 3 // 5
    wrapped = [part for row in left for part in _wrap_at_most(3, row, half - 3)]
    size = max(len(wrapped), len(right))
    pad = [BLANK] * size
    pairs = zip([*wrapped, *pad][:size], [*right, *pad][:size], strict=True)
    return [line(fit(one, half), fit(two, width - half)) for one, two in pairs][:height]


def _wrap_at_most(lines: int, row: Content, width: int) -> list[Content]:
    """Return a row in at most so many lines; the last one ends with a sign where there would be more."""
    wrapped = wrap(row, width, _KEYED)
    if len(wrapped) <= lines:
        return wrapped
    last, more = wrapped[lines - 1].rstrip(), wrapped[lines][_KEYED:]
    return [*wrapped[: lines - 1], fit(line(last, " ", more), width)]
