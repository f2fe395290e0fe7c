"""The commit rail: on which commit each stage stands, and the commit under the cursor in words."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from promote_tui.core.drift import Behind
from promote_tui.tui.presentation.cells import State, commit_of, glyph_of, state_of
from promote_tui.tui.presentation.ink import BLANK, Role, fit, ink, line, right_aligned, rule, spread, wrap
from promote_tui.tui.presentation.lists import who_and_age
from promote_tui.tui.presentation.words import ago, asks, drift_brief, exact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.model import Commit, Stage
    from promote_tui.core.snapshot import CellView
    from promote_tui.tui.presentation.glyphs import Glyphs

    Standing = tuple[Stage, CellView | None]


def _stages_width(views: Sequence[Standing]) -> int:
    names = [stage.name for stage, _ in views]
    return max(8, min(20, max(len(" ".join(names[at : at + 2])) for at in range(len(names)))))


def columns(views: Sequence[Standing], width: int) -> Content:
    """Return the heads of the rail's columns."""
    left = line(right_aligned(ink("STAGE", "label"), _stages_width(views)), ink("     COMMIT   SUBJECT", "label"))
    return spread(left, ink("WHO       AGE" if width else "", "label"), width)


def row(  # noqa: PLR0913, PLR0917 - a row shows all this
    commits: Sequence[Commit],
    index: int,
    commit: Commit,
    views: Sequence[Standing],
    standings_by_stage: Mapping[str, str],
    now: datetime,
    glyphs: Glyphs,
    width: int,
) -> Content:
    """Return `STAGING  ▼  a81be07  Fix invoice rounding   ana  6d`; a stage stands on the commit given for it."""
    here = [(stage, view) for stage, view in views if standings_by_stage.get(stage.name) == commit.sha]
    names = " ".join(stage.name.upper() for stage, _ in here)
    deployed = set(standings_by_stage.values())
    last = max((at for at, other in enumerate(commits) if other.sha in deployed), default=-1)
    mark = glyph_of(state_of(here[-1][1]), glyphs) if here else _rail(glyphs, waiting=index < last)
    past: Role = "plain" if index <= last else "muted"
    text = line(
        right_aligned(ink(names, "strong"), _stages_width(views)), "  ", mark, "  ", ink(commit.short, past), "  "
    )
    return spread(line(text, ink(commit.subject, past)), who_and_age(commit, now), width)


def _rail(glyphs: Glyphs, *, waiting: bool) -> Content:
    return ink(glyphs.rail, "warn" if waiting else "faint")


def standing(view: CellView | None, glyphs: Glyphs) -> Content:
    """Return what a stage runs and how it stands, for a list of stages."""
    state = state_of(view)
    sha = commit_of(view.cell) if view else None
    note = drift_brief(view.relation) if view else ""
    words = sha[:7] if sha else state.value
    return line(glyph_of(state, glyphs), " ", ink(f"{words:<7}", "plain"), "  ", ink(note, "warn"))


def standings(views: Sequence[Standing], glyphs: Glyphs) -> Content:
    """Return `● dev at the tip   ▼ staging 3 behind`."""
    parts: list[Content] = []
    for stage, view in views:
        state = state_of(view)
        known = view is not None and state in {State.BEHIND, State.AHEAD, State.DIVERGED}
        note = drift_brief(view.relation) if view is not None and known else ""
        role: Role = "warn" if view is not None and isinstance(view.relation, Behind) else "bad"
        parts += [glyph_of(state, glyphs), ink(f" {stage.name} "), ink(f"{note}", role), "  " if note else " "]  # type: ignore[list-item]
    return line(*parts[:-1])


def detail(commit: Commit, stage: Stage | None, now: datetime, glyphs: Glyphs, width: int) -> list[Content]:
    """Return the action and the commit in full; without a `stage` it is asked for after the key."""
    words = f"promote {commit.short}" + (f" to {stage.name}" if stage else "")
    action = line(ink("p", "strong"), ink(f" {glyphs.arrow} ", "muted"), ink(words, "strong"))
    how = ink(asks(stage.confirm) if stage else "then choose the stage", "muted")
    who = line(ink(commit.author), ink(f"   {exact(commit.authored_at)}   {ago(commit.authored_at, now)}", "muted"))
    if width < 60:  # noqa: PLR2004 - beside the rail
        subject = wrap(ink(commit.subject, "strong"), width)
        full = wrap(ink(commit.sha), width)
        return [*wrap(action, width), how, BLANK, *full, BLANK, *subject, BLANK, *wrap(who, width)]
    head = rule(fit(ink(commit.subject, "strong"), min(width - 4, len(commit.subject))), BLANK, width, glyphs.rule)
    short_who = line(ink(commit.author, limit=12), ink(f"   {exact(commit.authored_at, UTC)}", "muted"))
    return [
        head,
        line(action, "   ", how),
        line(ink(commit.sha), " ", right_aligned(short_who, width - len(commit.sha) - 1)),
    ]
