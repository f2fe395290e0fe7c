"""The commit under the cursor: its message, author and time, its place in each stage, its files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from textual.content import Content

from promote_tui.core.text import clean
from promote_tui.tui.presentation.commits import files, stages
from promote_tui.tui.presentation.style import BLANK, fit, ink, line, rule, spread, wrap
from promote_tui.tui.presentation.wording import ago, confirmation_words, exact_time

if TYPE_CHECKING:
    from promote_tui.core.errors import PromoteError
    from promote_tui.core.git.commits import CommitDetail
    from promote_tui.core.model.pipeline import Commit, Stage
    from promote_tui.core.stage_positions import CommitStageStatus
    from promote_tui.tui.presentation.glyphs import Glyphs

_FULL = 40
"""A line that is shorter ends where its author wanted it to."""
_ROOM_FOR_ALL = 12
"""Lines from which on the message and the files have more than a line."""
_BESIDE = 60
"""Cells that a pane beside the rail has at most; the one below it is wider."""
_LEAST_BODY = 2
"""Lines that a message needs: a blank one, and one of its own."""
_GOES_ON = re.compile(r"(?![-*#>|+]|\d+[.)]|[A-Za-z-]+: )\S")


@dataclass(frozen=True, slots=True)
class CommitPane:
    """A commit as far as it was read; `stage` is where `p` offers to bring it, `alone` where it does not ask.

    `back`: it is looked at as what the stage may go back to, which enter reviews.
    """

    paths: files.ServicePaths
    commit: Commit
    stage: Stage
    alone: bool
    now: datetime
    glyphs: Glyphs
    back: bool = False
    detail: CommitDetail | None = None
    stories: Sequence[CommitStageStatus] = ()
    error: PromoteError | None = None


def with_details(
    near: CommitPane, detail: CommitDetail | None, told: Sequence[CommitStageStatus], error: PromoteError | None
) -> CommitPane:
    """Return the commit with what was read of it."""
    return replace(near, detail=detail, stories=told, error=error)


Draw: TypeAlias = Callable[[CommitPane, int, int], list[Content]]


def side_lines(near: CommitPane, width: int, height: int) -> list[Content]:
    """Return the commit for a pane beside the rail; the message gets what room the rest leaves."""
    subject = wrap(ink(near.commit.subject, "strong"), width)[:4]
    top = [_action(near, width), BLANK, *wrap(ink(near.commit.sha), width), BLANK, *subject]
    low = [BLANK, *_who(near, width), *_trouble(near, width)]
    low += stages.stage_table(near.stories, near.now, near.glyphs, width)
    if near.detail is not None:
        low += files.file_table(near.detail, near.paths, near.glyphs, width, max(3, height - len(top) - len(low) - 6))
    return [*top, *_body(near, width, height - len(top) - len(low)), *low]


def bottom_lines(near: CommitPane, width: int, height: int) -> list[Content]:
    """Return the commit for a pane below the rail: a line each for what the pane beside it says at length."""
    commit = near.commit
    subject = fit(ink(commit.subject, "strong"), min(width - 4, len(commit.subject)))
    when = line(ink(commit.author, limit=14), ink(f"   {exact_time(commit.authored_at, UTC)}", "muted"))
    title = rule(subject, BLANK, width, near.glyphs.rule)
    if len(commit.sha) + when.cell_length + 2 > width:
        when = line(ink(commit.author, limit=8), ink(f"  {ago(commit.authored_at, near.now)}", "muted"))
    lines = [title, _action(near, width), spread(ink(commit.sha), when, width), *_trouble(near, width)[1:2]]
    lines.append(stages.brief(near.stories, near.now, near.glyphs, width))
    if near.detail is None:
        return lines[:height]
    if height < _ROOM_FOR_ALL:
        return [*lines, files.brief(near.detail, near.paths, near.glyphs, width)][:height]
    low = files.file_table(near.detail, near.paths, near.glyphs, width, height // 3)
    return [*lines, *_body(near, width, height - len(lines) - len(low)), *low][:height]


def commit_copies(commit: Commit, pages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what a commit is called, and its addresses."""
    found = [("hash", commit.sha), ("short hash", commit.short), ("subject", commit.subject)]
    return [*found, *((f"address of the {what}", url) for what, url in pages)]


def _action(near: CommitPane, width: int) -> Content:
    keys = ink("enter" if near.back else "p" if near.alone else "p, enter", "strong")
    about = near.commit.short
    what = ink(f"review the rollback to {about}" if near.back else f"review {about} for {near.stage.name}", "strong")
    how = ink(confirmation_words(near.stage.confirm), "muted")
    left = line(keys, ink(f" {near.glyphs.arrow} ", "muted"), what)
    room = width - left.cell_length
    if width > _BESIDE and room > how.cell_length + 3:
        return line(left, "   ", how)
    return spread(left, how, width) if room > how.cell_length + 1 else left


def _body(near: CommitPane, width: int, room: int) -> list[Content]:
    """Return a blank line and the message below its subject, with a sign where there is more of it."""
    if near.detail is None or not near.detail.body or room < _LEAST_BODY:
        return []
    text = clean(near.detail.body, limit=room * width, newlines=True)
    lines = [part for row in reflow(text) for part in (wrap(ink(row, "muted"), width) if row else [BLANK])]
    if len(lines) < room:
        return [BLANK, *lines]
    return [BLANK, *lines[: room - 2], ink(near.glyphs.cut, "muted")]


def reflow(text: str) -> list[str]:
    """Return a message's lines for a pane of another width: those of one paragraph are one, lists stay lists."""
    found: list[str] = []
    before = ""
    for row in text.split("\n"):
        if len(before) > _FULL and _GOES_ON.match(row):
            found[-1] = f"{found[-1].rstrip()} {row}"
        else:
            found.append(row)
        before = row
    return found


def _who(near: CommitPane, width: int) -> list[Content]:
    at = near.commit.authored_at
    when = ink(f"{exact_time(at)}, {ago(at, near.now)}", "muted")
    return wrap(line(ink(near.commit.author, limit=60), "   ", when), width)


def _trouble(near: CommitPane, width: int) -> list[Content]:
    if near.error is None:
        return []
    cause = wrap(ink(near.error.cause, "warn"), width)
    return [BLANK, *cause, *(wrap(ink(near.error.remedy, "muted"), width) if near.error.remedy else [])]
