"""Where stages have drifted, each kind by itself: one row for each service and stage, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, assert_never

from promote_tui.core.changes.stack_drift import ResourceDrift, StackDrift, differences
from promote_tui.core.drift.commits import CommitDrift
from promote_tui.core.drift.config import ConfigDrift
from promote_tui.core.drift.wording import PARTS, revert_words, setting_words
from promote_tui.core.durations import duration
from promote_tui.core.filter_query import Values, parse
from promote_tui.core.filter_query import misread as misread_by
from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Same, Unknown, name
from promote_tui.core.matrix import CellKey, CellView
from promote_tui.core.model.pipeline import Halfway, InProgress, Never, Unreachable, Unreported
from promote_tui.core.model.stack_status import Phase
from promote_tui.core.text import short
from promote_tui.tui.presentation.pipeline.cells import commit_of, stack_of
from promote_tui.tui.presentation.style import Role, fit, ink, line, right_aligned
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.tui.presentation.glyphs import Glyphs


class Kind(Enum):
    """What differs; kept apart, because each is mended in another way."""

    TROUBLE = "trouble"
    STACK = "stack"
    CONFIG = "config"
    COMMIT = "commit"
    UNREAD = "not read"


TOLD: dict[Kind, tuple[str, str]] = {
    Kind.TROUBLE: ("its last attempt failed, or it does not say what it runs", "what the stack says"),
    Kind.STACK: ("changed outside of a promotion", "template and AWS"),
    Kind.CONFIG: ("other settings than the stage before", "template and template"),
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
    commits: CommitDrift | None = None
    config: ConfigDrift | None = None
    stack: StackDrift | None = None
    detecting: tuple[float | None] | None = None
    """Where CloudFormation looks for drift now: for how many seconds, None while it waits for its turn."""

    @property
    def key(self) -> tuple[Kind, str, str]:
        """What tells it from every other row."""
        return self.kind, self.service, self.stage

    @property
    def since(self) -> datetime | None:
        """When the stack was last updated, or looked at for drift; None where that is not known."""
        if self.kind is Kind.STACK and self.stack is not None and self.stack.checked_at is not None:
            return self.stack.checked_at
        stack = stack_of(self.view.cell)
        return stack.updated_at if stack else None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the drifts of cells beyond the matrix; `detected` are stacks that were looked at from here."""

    commits: Callable[[CellKey], CommitDrift | None] = lambda _key: None
    config: Callable[[CellKey], ConfigDrift | None] = lambda _key: None
    stack: Callable[[CellKey], StackDrift | None] = lambda _key: None
    detecting: Mapping[CellKey, float | None] = field(default_factory=dict)
    detected: Collection[CellKey] = ()


def drifting(
    pipeline: Pipeline, view_of: Callable[[CellKey], CellView | None], known: Known | None = None
) -> list[Drifting]:
    """Return every row, by kind and then by age, the oldest first; cells that were not read yet give none."""
    known = known or Known()
    found: list[Drifting] = []
    for service in pipeline.services:
        for stage in pipeline.stages:
            view = view_of((service.name, stage.name))
            before = view_of((service.name, stage.after)) if stage.after else None
            if view is not None:
                found += _rows(known, (service.name, stage.name), view, before)
    order = list(Kind)
    return sorted(found, key=lambda row: (order.index(row.kind), row.since.timestamp() if row.since else inf))


def _rows(known: Known, key: CellKey, view: CellView, before: CellView | None) -> list[Drifting]:
    if isinstance(view.cell, Unreachable):
        return [Drifting(Kind.UNREAD, *key, view, before)]
    config, stack = known.config(key), known.stack(key)
    detecting = (known.detecting[key],) if key in known.detecting else None
    changed = bool(view.altered) or (stack is not None and bool(stack.resources))
    wanted = (
        (Kind.TROUBLE, _troubled(view)),
        (Kind.STACK, changed or detecting is not None or key in known.detected),
        (Kind.CONFIG, config is not None and bool(config.differences)),
        (Kind.COMMIT, _behind(view, before) and not isinstance(view.cell, Unreported | Halfway)),
    )
    return [
        Drifting(kind, *key, view, before, known.commits(key), config, stack, detecting) for kind, so in wanted if so
    ]


def _troubled(view: CellView) -> bool:
    cell, stack = view.cell, stack_of(view.cell)
    if stack is None or isinstance(cell, InProgress):
        return False
    odd = stack.status.phase in {Phase.STUCK, Phase.UNKNOWN} or stack.status.succeeded is False
    return odd or isinstance(cell, Unreported)


def _behind(view: CellView, before: CellView | None) -> bool:
    if isinstance(view.cell, Never):
        return before is not None and not isinstance(before.cell, Unreachable) and commit_of(before.cell) is not None
    return not isinstance(view.relation, Same | NotApplicable)


def count(rows: Sequence[Drifting], glyphs: Glyphs, width: int) -> Content:
    """Return how many rows there are of each kind: `✗ 2 stack    ▼ 9 commit`."""
    marks: dict[Kind, tuple[str, Role]] = {
        Kind.TROUBLE: (glyphs.failed, "bad"),
        Kind.STACK: (glyphs.failed, "bad"),
        Kind.CONFIG: (glyphs.modified, "warn"),
        Kind.COMMIT: (glyphs.behind, "warn"),
        Kind.UNREAD: (glyphs.unknown, "warn"),
    }
    gap = "    " if width >= 110 else "  "  # noqa: PLR2004 - the wide screen
    parts: list[Content | str] = []
    for kind, (char, role) in marks.items():
        many = sum(row.kind is kind and counts(row) for row in rows)
        parts += [gap if parts else "", ink(f"{char} {many} {kind.value}", role)] if many else []
    return line(*parts)


def counts(row: Drifting) -> bool:
    """Tell whether a row is about a drift: of a stack that was looked at from here perhaps none was found."""
    clean = row.stack is None or not row.stack.resources
    return row.kind is not Kind.STACK or not (clean and not row.view.altered)


def row_line(row: Drifting, now: datetime, glyphs: Glyphs, width: int, *, here: bool) -> Content:
    """Return `▼   3w  webhooks   prod   26 behind staging   Verify signatures with the new key`."""
    wide = width >= 110  # noqa: PLR2004 - the wide screen
    char, role = _look(row, glyphs)
    words, rest = _words(row, glyphs)
    room = 34 if wide else 24
    return line(
        ink(char, role),
        right_aligned(ink(age(row.since, now), "muted"), 6 if wide else 4),
        "   " if wide else "  ",
        fit(ink(row.service, "strong" if here else "plain"), 15 if wide else 13),
        " ",
        fit(ink(row.stage), 10 if wide else 8),
        " ",
        fit(ink(_cut(words, row, room), role), room),
        " ",
        ink(rest, _rest_role(row)),
    )


def _rest_role(row: Drifting) -> Role:
    found = row.commits if row.kind is Kind.COMMIT else None
    return "bad" if found and found.hotfixes else "warn" if found and found.reverts else "muted"


def _cut(words: str, row: Drifting, room: int) -> str:
    """Return the words, shorter where there is no room: without the stage that they compare with."""
    if len(words) <= room:
        return words
    if row.kind is Kind.CONFIG:
        first, _, other = words.partition(f", {row.view.against} has ")
        return first if first.startswith("no ") or not other else f"{first}, not {other}"
    return words.partition(" of ")[0].removesuffix(" by hand")


def _look(row: Drifting, glyphs: Glyphs) -> tuple[str, Role]:
    if row.kind is Kind.STACK:
        return _stack_look(row, glyphs)
    busy = isinstance(row.view.cell, InProgress) or row.view.run is not None
    if busy and not row.view.unsettled:
        return glyphs.running(), "live"
    if row.kind is Kind.UNREAD or row.view.unsettled or (row.kind is Kind.TROUBLE and not _failed(row)):
        return glyphs.unknown, "warn"
    if row.kind is Kind.TROUBLE:
        return glyphs.failed, "bad"
    if row.kind is Kind.CONFIG:
        return glyphs.modified, "warn" if same_code(row) else "muted"
    char, role = _COMMIT[name(row.view.relation)]
    return str(getattr(glyphs, char)), role


def _stack_look(row: Drifting, glyphs: Glyphs) -> tuple[str, Role]:
    if row.detecting is not None:
        return glyphs.running(), "live"
    if counts(row):
        return glyphs.failed, "bad"
    unknown = row.stack is not None and bool(row.stack.unknown)
    return (glyphs.unknown, "warn") if unknown else (glyphs.same, "good")


def same_code(row: Drifting) -> bool:
    """Tell whether a stage runs the code of the one before: what its settings differ in does not come from that."""
    return isinstance(row.view.relation, Same)


def _failed(row: Drifting) -> bool:
    stack = stack_of(row.view.cell)
    return stack is not None and stack.status.succeeded is False


def _words(row: Drifting, glyphs: Glyphs) -> tuple[str, str]:
    match row.kind:
        case Kind.TROUBLE:
            return _trouble_words(row)
        case Kind.STACK:
            return _stack_words(row, glyphs)
        case Kind.CONFIG:
            return _config_words(row)
        case Kind.UNREAD:
            cell = row.view.cell
            login = isinstance(cell, Unreachable) and cell.login
            return "needs a log-in" if login else "cannot be read", cell.reason if isinstance(cell, Unreachable) else ""
        case Kind.COMMIT:
            return _commit_words(row)
        case _:
            assert_never(row.kind)


def _stack_words(row: Drifting, glyphs: Glyphs) -> tuple[str, str]:
    """Return `Timeout 6 → 30 by hand` and the resource; the first of what has drifted."""
    found = row.stack
    if row.detecting is not None:
        (seconds,) = row.detecting
        return (
            "detecting" if seconds is None else f"detecting, {duration(seconds)}",
            "CloudFormation looks at each resource",
        )
    if found is not None and found.resources:
        first, *others = found.resources
        more = len(others) + max(0, len(first.properties) - 1)
        return hand_words(first, glyphs), f"{first.logical_id}{_and_more(more)}"
    if row.view.altered:
        return "other code than deployed", ", ".join(row.view.altered)
    if found is not None and found.unknown:
        return "could not be detected", found.unknown
    return "no drift", "every resource is as CloudFormation left it"


def hand_words(resource: ResourceDrift, glyphs: Glyphs) -> str:
    """Return what was done to a resource by hand, the first of it."""
    if resource.deleted:
        return f"{resource.resource_type.rpartition('::')[2].lower() or 'resource'} deleted"
    first = next(iter(differences(resource)), None)
    if first is None:
        return "changed by hand"
    values = f"{first.before} {glyphs.arrow} {first.after}" if first.before is not None else "changed"
    return f"{first.path} {values} by hand"


def _and_more(count: int) -> str:
    return f"   and {count} more" if count else ""


def _config_words(row: Drifting) -> tuple[str, str]:
    """Return `MemorySize 1024, staging has 512` and the resource: the first of what differs."""
    found = sorted(row.config.differences, key=lambda each: PARTS.index(each.part)) if row.config else []
    if not found:
        return "", ""
    code = "" if same_code(row) else "   other code too"
    words = setting_words(found[0], row.view.against or "the stage before")
    return words, f"{found[0].name}{_and_more(len(found) - 1)}{code}"


def _trouble_words(row: Drifting) -> tuple[str, str]:
    cell, stack = row.view.cell, stack_of(row.view.cell)
    status = stack.status_name if stack else ""
    if isinstance(cell, Halfway):
        return "half deleted" if cell.between.deleting else "half-way", str(cell.between)
    if _failed(row):
        return "the first deploy failed" if isinstance(cell, Never) else "the last attempt failed", status
    if stack is not None and stack.status.phase is Phase.UNKNOWN:
        return "status is not known", status
    if isinstance(cell, Unreported):
        return f"names {cell.says}" if cell.says else "names no commit", cell.reason
    return "the stack is stuck", status


def _commit_words(row: Drifting) -> tuple[str, str]:
    where = row.view.against or "the stage before"
    waits = row.before.commit.subject if row.before and row.before.commit else ""
    mine = f": {row.view.commit.subject}" if row.view.commit else ""
    own = _cause(row, where) or f"{short(commit_of(row.view.cell) or '')} is not in {where}{mine}"
    waits = waits if row.commits is None or not row.commits.reverts else own
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


def _cause(row: Drifting, where: str) -> str:
    """Return what stands out: a hotfix that the stage before lacks, a revert that one of them lacks."""
    found = row.commits
    if found is None or not (found.hotfixes or found.reverts):
        return ""
    if found.hotfixes:
        first, *others = found.hotfixes
        more = f" and {len(others)} more" if others else ""
        return f"hotfix {first.short}{more} is not in {where}: {first.subject}"
    return revert_words(found.reverts[0], row.stage, where)


FIELDS = ("service", "stage", "commit", "state", "drift", "who")
"""What a filter can be about here, as in the matrix."""
_STATES = (
    *("same", "ahead", "behind", "diverged", "unknown", "never", "stack", "config"),
    *("trouble", "failed", "half-way", "unreported", "stuck", "not read", "login", "unreachable"),
)
_DRIFTS = ("commit", "config", "stack", "hotfix", *_STATES[:6])


def misread(text: str, stages: Sequence[str]) -> str:
    """Return why a filter can fit no row, whatever has drifted; empty where nothing is wrong with it."""
    told = {"stage": Values(tuple(stages)), "state": Values(_STATES), "drift": Values(_DRIFTS)}
    return misread_by(text, {name: told.get(name, Values()) for name in FIELDS})


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
            return _drifts(row, value)
        case _:
            return _state(row).startswith(value) or row.kind.value.startswith(value)


def _drifts(row: Drifting, value: str) -> bool:
    if row.kind in {Kind.STACK, Kind.CONFIG}:
        return counts(row) and row.kind.value.startswith(value)
    hotfix = row.commits is not None and bool(row.commits.hotfixes) and "hotfix".startswith(value)
    return row.kind is Kind.COMMIT and (_state(row).startswith(value) or "commit".startswith(value) or hotfix)


def _state(row: Drifting) -> str:
    cell = row.view.cell
    match row.kind:
        case Kind.COMMIT:
            relation = name(row.view.relation)
            return "never" if relation == "none" else relation
        case Kind.STACK | Kind.CONFIG:
            return str(row.kind.value)
        case Kind.TROUBLE:
            if isinstance(cell, Halfway):
                return "half-way"
            return "failed" if _failed(row) else "unreported" if isinstance(cell, Unreported) else "stuck"
        case _:
            return "login" if isinstance(cell, Unreachable) and cell.login else "unreachable"
