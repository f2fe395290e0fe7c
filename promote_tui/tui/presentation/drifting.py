"""Where stages differ from the stage before them, and which stacks are in trouble: one row each, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, assert_never

from promote_tui.core.drift import Ahead, Behind, Diverged, NothingToCompare, Same, Unknown, name
from promote_tui.core.model import InProgress, Never, Unreachable, Unreported
from promote_tui.core.query import parse
from promote_tui.core.snapshot import CellView
from promote_tui.core.stack import Phase
from promote_tui.core.text import short
from promote_tui.tui.presentation.cells import commit_of, stack_of
from promote_tui.tui.presentation.ink import Role, fit, ink, line, right_aligned
from promote_tui.tui.presentation.words import age

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.model import Pipeline
    from promote_tui.core.snapshot import CellKey
    from promote_tui.tui.presentation.glyphs import Glyphs

NOT_COMPARED = "configuration and stack resources are not compared yet"


class Kind(Enum):
    """What differs; kept apart, because each is mended in another way."""

    STACK = "stack"
    COMMIT = "commit"
    UNREAD = "not read"


TOLD: dict[Kind, tuple[str, str]] = {
    Kind.STACK: ("its last attempt failed, or it does not say what it runs", "what the stack says"),
    Kind.COMMIT: ("verified in the stage before, not deployed here yet", "what waits"),
    Kind.UNREAD: ("what runs there is not known now", "why"),
}
"""What a group is about, and what stands in its last column."""

_COMMIT: dict[str, tuple[str, Role]] = {
    "behind": ("behind", "warn"),
    "ahead": ("ahead", "warn"),
    "diverged": ("diverged", "bad"),
    "unknown": ("unknown", "warn"),
    "none": ("never", "muted"),
}


@dataclass(frozen=True, slots=True)
class Drifting:
    """A service in a stage that is not as it should be; `before` is the same service in the stage before."""

    kind: Kind
    service: str
    stage: str
    view: CellView
    before: CellView | None = None

    @property
    def key(self) -> tuple[Kind, str, str]:
        """What tells it from every other row."""
        return self.kind, self.service, self.stage

    @property
    def since(self) -> datetime | None:
        """When the stack was last updated; None where that is not known."""
        stack = stack_of(self.view.cell)
        return stack.updated_at if stack else None


def drifting(pipeline: Pipeline, view_of: Callable[[CellKey], CellView | None]) -> list[Drifting]:
    """Return every row, by kind and then by age, the oldest first; cells that were not read yet give none."""
    found: list[Drifting] = []
    for service in pipeline.services:
        for stage in pipeline.stages:
            view = view_of((service.name, stage.name))
            before = view_of((service.name, stage.after)) if stage.after else None
            if view is not None:
                found += [Drifting(kind, service.name, stage.name, view, before) for kind in _kinds(view, before)]
    order = list(Kind)
    return sorted(found, key=lambda row: (order.index(row.kind), row.since.timestamp() if row.since else inf))


def _kinds(view: CellView, before: CellView | None) -> list[Kind]:
    if isinstance(view.cell, Unreachable):
        return [Kind.UNREAD]
    kinds = [Kind.STACK] if _troubled(view) else []
    return [*kinds, Kind.COMMIT] if _behind(view, before) else kinds


def _troubled(view: CellView) -> bool:
    cell, stack = view.cell, stack_of(view.cell)
    if stack is None or isinstance(cell, InProgress):
        return False
    odd = stack.status.phase in {Phase.STUCK, Phase.UNKNOWN} or stack.status.succeeded is False
    return odd or isinstance(cell, Unreported)


def _behind(view: CellView, before: CellView | None) -> bool:
    if isinstance(view.cell, Never):
        return before is not None and not isinstance(before.cell, Unreachable) and commit_of(before.cell) is not None
    return not isinstance(view.relation, Same | NothingToCompare)


def count(rows: Sequence[Drifting], glyphs: Glyphs, width: int) -> Content:
    """Return how many rows there are of each kind: `✗ 2 stack    ▼ 9 commit`."""
    marks: dict[Kind, tuple[str, Role]] = {
        Kind.STACK: (glyphs.failed, "bad"),
        Kind.COMMIT: (glyphs.behind, "warn"),
        Kind.UNREAD: (glyphs.unknown, "warn"),
    }
    gap = "    " if width >= 110 else "  "  # noqa: PLR2004 - the wide screen
    parts: list[Content | str] = []
    for kind, (char, role) in marks.items():
        many = sum(row.kind is kind for row in rows)
        parts += [gap if parts else "", ink(f"{char} {many} {kind.value}", role)] if many else []
    return line(*parts)


def row_line(row: Drifting, now: datetime, glyphs: Glyphs, width: int, *, here: bool) -> Content:
    """Return `▼   3w  webhooks   prod   26 behind staging   Verify signatures with the new key`."""
    wide = width >= 110  # noqa: PLR2004 - the wide screen
    char, role = _look(row, glyphs)
    words, rest = _words(row)
    room = 34 if wide else 24
    return line(
        ink(char, role),
        right_aligned(ink(age(row.since, now), "muted"), 6 if wide else 4),
        "   " if wide else "  ",
        fit(ink(row.service, "strong" if here else "plain"), 15 if wide else 13),
        " ",
        fit(ink(row.stage), 10 if wide else 8),
        " ",
        fit(ink(words if len(words) <= room else words.partition(" of ")[0], role), room),
        " ",
        ink(rest, "muted"),
    )


def _look(row: Drifting, glyphs: Glyphs) -> tuple[str, Role]:
    if isinstance(row.view.cell, InProgress) or row.view.run is not None:
        return glyphs.running(), "live"
    if row.kind is Kind.UNREAD or (row.kind is Kind.STACK and not _failed(row)):
        return glyphs.unknown, "warn"
    if row.kind is Kind.STACK:
        return glyphs.failed, "bad"
    char, role = _COMMIT[name(row.view.relation)]
    return str(getattr(glyphs, char)), role


def _failed(row: Drifting) -> bool:
    stack = stack_of(row.view.cell)
    return stack is not None and stack.status.succeeded is False


def _words(row: Drifting) -> tuple[str, str]:
    match row.kind:
        case Kind.STACK:
            return _stack_words(row)
        case Kind.UNREAD:
            cell = row.view.cell
            login = isinstance(cell, Unreachable) and cell.login
            return "needs a log-in" if login else "cannot be read", cell.reason if isinstance(cell, Unreachable) else ""
        case Kind.COMMIT:
            return _commit_words(row)
        case _:
            assert_never(row.kind)


def _stack_words(row: Drifting) -> tuple[str, str]:
    cell, stack = row.view.cell, stack_of(row.view.cell)
    status = stack.status_name if stack else ""
    if _failed(row):
        return "the first deploy failed" if isinstance(cell, Never) else "the last attempt failed", status
    if stack is not None and stack.status.phase is Phase.UNKNOWN:
        return "status is not known", status
    if isinstance(cell, Unreported):
        return "names no commit", cell.reason
    return "the stack is stuck", status


def _commit_words(row: Drifting) -> tuple[str, str]:
    where = row.view.against or "the stage before"
    waits = row.before.commit.subject if row.before and row.before.commit else ""
    mine = f": {row.view.commit.subject}" if row.view.commit else ""
    own = f"{short(commit_of(row.view.cell) or '')} is not in {where}{mine}"
    match row.view.relation:
        case Behind(behind):
            return f"{behind} behind {where}", waits
        case Ahead(ahead):
            return f"{ahead} ahead of {where}", own
        case Diverged(ahead, behind):
            return f"{behind} behind, {ahead} ahead of {where}", own
        case Unknown(reason):
            return "cannot be compared", reason
        case _:
            return "never deployed", waits


FIELDS = ("service", "stage", "commit", "state", "drift", "who")
"""What a filter can be about here, as in the matrix."""


def kept(row: Drifting, text: str) -> bool:
    """Tell whether a filter keeps the row: words, and fields such as `stage:prod drift:behind`."""
    query = parse(text, FIELDS)
    return all(_fits(word, row) for word in query.words) and all(
        any(_says(name, value, row) for value in values) for name, values in query.fields.items()
    )


def _fits(word: str, row: Drifting) -> bool:
    if word in row.service.lower() or row.stage.lower().startswith(word):
        return True
    return len(word) > 1 and (_says("commit", word, row) or _says("state", word, row))


def _says(field: str, value: str, row: Drifting) -> bool:
    commit = row.view.commit
    match field:
        case "service":
            return value in row.service.lower()
        case "stage":
            return row.stage.lower().startswith(value)
        case "commit":
            return (commit_of(row.view.cell) or "").startswith(value)
        case "who":
            return commit is not None and value in commit.author.lower()
        case "drift":
            return row.kind is Kind.COMMIT and _state(row).startswith(value)
        case _:
            return _state(row).startswith(value) or row.kind.value.startswith(value)


def _state(row: Drifting) -> str:
    cell = row.view.cell
    match row.kind:
        case Kind.COMMIT:
            relation = name(row.view.relation)
            return "never" if relation == "none" else relation
        case Kind.STACK:
            return "failed" if _failed(row) else "unreported" if isinstance(cell, Unreported) else "stuck"
        case _:
            return "login" if isinstance(cell, Unreachable) and cell.login else "unreachable"
