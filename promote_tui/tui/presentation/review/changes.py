"""What a promotion would do to the stack: a resource a row, what loses its data on top and in red."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import person
from promote_tui.tui.presentation.review.model import doing, mark, noteworthy, untold
from promote_tui.tui.presentation.style import BLANK, TROUBLE, Role, cut_middle, fit, ink, line, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.content import Content

    from promote_tui.core.changes.model import ChangeReview, PropertyChange, RemovedExport, ResourceChange
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.review.model import Review

Deed: TypeAlias = Literal["replaced", "removed", "modified", "added"]
DEEDS: tuple[Deed, ...] = ("replaced", "removed", "modified", "added")
_LISTED, _PROPERTIES, _ORIGINS, _VALUE = 40, 6, 3, 44
_WIDE, _NARROW = 100, 66
"""Cells from which on the columns are broad, and below which types have none."""


def deed(change: ResourceChange) -> Deed:
    """Return what happens to a resource, in one word."""
    if change.action == "modify":
        return "modified" if change.replacement == "false" else "replaced"
    return "removed" if change.action == "remove" else "added"


def counted(found: ChangeReview) -> list[Content]:
    """Return `1 replaced`, `1 may be replaced`, `3 modified`, ..."""
    words = [_perhaps(change) for change in found.changes]
    return [
        ink(f"{words.count(what)} {what}", _role([change for change in found.changes if _perhaps(change) == what]))
        for what in ("replaced", "may be replaced", "removed", "modified", "added")
        if what in words
    ]


def _perhaps(change: ResourceChange) -> str:
    """Return what happens to a resource; `may be replaced` where only the deploy will tell."""
    unsure = deed(change) == "replaced" and change.replacement == "conditional"
    return "may be replaced" if unsure else deed(change)


def signed(found: ChangeReview, glyphs: Glyphs) -> list[Content]:
    """Return `± 1 replaced`, `~ 3`, `+ 2`; what may be replaced and holds no data counts as modified here."""
    grouped: dict[Deed, list[ResourceChange]] = {what: [] for what in DEEDS}
    for change in found.changes:
        mild = _perhaps(change) == "may be replaced" and not change.loses_data
        grouped["modified" if mild else deed(change)].append(change)
    return [
        ink(f"{getattr(glyphs, what)} {len(those)}{_named(what, those)}", _role(those, what))
        for what, those in grouped.items()
        if those
    ]


def _named(what: Deed, those: Sequence[ResourceChange]) -> str:
    if what not in {"replaced", "removed"}:
        return ""
    unsure = all(_perhaps(change) == "may be replaced" for change in those)
    return " may be replaced" if unsure else f" {what}"


def _role(those: Sequence[ResourceChange], what: Deed | None = None) -> Role:
    if any(change.loses_data for change in those):
        return "strong bad"
    return "warn" if (what or deed(those[0])) in {"replaced", "removed"} else "muted"


def predicted(found: ChangeReview) -> Content:
    """Return `predicted` where there was no change set."""
    return ink("predicted" if found.predicted else "", "warn")


def resources(review: Review, width: int) -> list[Content]:
    """Return the heading, and what would happen to each resource; why it cannot be told where it cannot."""
    found = review.resources
    if found is None:
        return _not_yet(review)
    checkout = [each for words in warnings(review) for each in _attention(review, words, width)]
    if found.unknown:
        return [_head(ink("cannot be told", "warn")), *wrap(ink(found.unknown, "warn"), width), *checkout]
    counts = counted(found) or [ink(found.beside, "plain" if found.code else "muted")]
    lines = wrap(_head(*counts), width, len("2 CHANGES  "))
    if found.predicted:
        lines += wrap(ink(f"predicted: {found.predicted}", "warn"), width)
    lines += checkout
    lines += [each for words in found.warnings for each in _attention(review, words, width)]
    lines += [each for export in found.exports for each in _export(review, export, width)]
    for change in (ordered := sorted(found.changes, key=_rank))[:_LISTED]:
        lines += _resource(review, change, width, alone=not found.predicted)
    lines += [ink(f"and {plural(len(ordered) - _LISTED, 'more resource')}", "muted")] if len(ordered) > _LISTED else []
    return [*lines, *(each for words in found.asides for each in wrap(ink(words, "muted"), width))]


def warnings(review: Review) -> Sequence[str]:
    """Return where the checkout is not what a team has."""
    return review.plan.warnings if review.plan else ()


def _head(*notes: Content) -> Content:
    parts = (line("  " if at == 0 else "   ", note) for at, note in enumerate(notes) if note.plain)
    return line(ink("2 CHANGES", "label"), *parts)


def _not_yet(review: Review) -> list[Content]:
    if review.doing and review.draft is not None:
        return [_head(ink("told by the package, which is being made", "muted")), doing(review)]
    if review.draft is not None and untold(review.draft):
        return [_head(ink("cannot be told", "warn"))]
    return [_head(ink("not packaged: a gate is closed" if review.closed else "", "muted"))]


def _rank(change: ResourceChange) -> tuple[bool, int]:
    at = DEEDS.index(deed(change))
    return not change.loses_data, at * 2 if at < 2 or not noteworthy(change) else at  # noqa: PLR2004 - what stays


def _resource(review: Review, change: ResourceChange, width: int, *, alone: bool) -> list[Content]:
    """Return a resource's row and what is to be said under it; `alone`: predicted though the others are not."""
    words, under = _words(review, change)
    first = _columns(review, change, width)
    room = width - first.cell_length
    rows: list[Content]
    if words.cell_length > room:
        rows = [fit(line(first, ink("" if under else deed(change), "muted")), width), *_under(words, width)]
    else:
        rows = [line(first, words)]
    rows += [each for words in under for each in _under(words, width)]
    origins = _origins(change.origins)
    if origins.plain and rows[0].cell_length + origins.cell_length + 2 <= width:
        rows[0] = spread(rows[0], origins, width)
    elif origins.plain:
        rows += _under(line(ink("from ", "muted"), origins), width)
    notes = [*change.notes, *_overwrites(change)]
    rows += [row for words in notes for row in _attention(review, words, width, "  ")]
    rows += _under(ink("predicted", "warn"), width) if alone and change.predicted else []
    return [fit(row, width).stylize_before(TROUBLE) for row in rows] if change.loses_data else rows


def _under(words: Content, width: int) -> list[Content]:
    return wrap(line("  ", words), width, 2)


def _columns(review: Review, change: ResourceChange, width: int) -> Content:
    """Return the sign, the logical id and the type; the id of what loses its data is never cut."""
    what = deed(change)
    role: Role = "strong bad" if change.loses_data else "warn" if what in {"replaced", "removed"} else "muted"
    at, types = (34, 28) if width >= _WIDE else (24, 21 if width >= _NARROW else 0)
    sign = line(ink(getattr(review.glyphs, what), role), " ")
    if change.loses_data and len(change.logical_id) >= at:
        return line(sign, ink(change.logical_id, "strong"), "  ")
    name = fit(ink(cut_middle(change.logical_id, at - 1), "strong" if change.loses_data else "plain"), at)
    kind = line(fit(ink(change.resource_type.removeprefix("AWS::"), "muted"), types - 1), " ") if types else BLANK
    return line(sign, name, kind)


def _words(review: Review, change: ResourceChange) -> tuple[Content, list[Content]]:
    """Return what stands in a resource's row, and what below it."""
    what, arrow = deed(change), review.glyphs.arrow
    changed = _joined(_property(each, arrow) for each in change.properties[:_PROPERTIES])
    more = len(change.properties) - _PROPERTIES
    changed = line(changed, ink(f" and {more} more", "muted")) if more > 0 else changed
    if what == "modified":
        return (changed if changed.plain else ink("changed", "muted")), []
    role: Role = "strong bad" if change.loses_data else "muted" if what == "added" else "warn"
    return ink(said(change), role), [changed] if changed.plain and what == "replaced" else []


def said(change: ResourceChange) -> str:
    """Return `may be replaced, holds data`."""
    stays = ", stays in the account" if change.kept and deed(change) in {"replaced", "removed"} else ""
    return f"{_perhaps(change)}{', holds data' if change.loses_data else ''}{stays}"


def _property(change: PropertyChange, arrow: str) -> Content:
    if change.before is None and change.after is None:
        return line(ink(change.path), ink(" changed", "muted"))
    before, after = (_value(each) for each in (change.before, change.after))
    return line(ink(f"{change.path} "), ink(f"{before} {arrow} ", "muted"), ink(after))


def _value(text: str | None) -> str:
    """Return a public value in a few letters; one that may not be shown is `changed`."""
    return "changed" if text is None else cut_middle(text, _VALUE) or "nothing"


def _joined(parts: Iterable[Content]) -> Content:
    return line(*(part if at == 0 else line(", ", part) for at, part in enumerate(parts)))


def _origins(commits: Sequence[Commit]) -> Content:
    named = [f"{commit.short} {person(commit.author, 10)}" for commit in commits[:_ORIGINS]]
    more = f" and {len(commits) - _ORIGINS} more" if len(commits) > _ORIGINS else ""
    return ink(", ".join(named) + more, "muted")


def _overwrites(change: ResourceChange) -> list[str]:
    return [f"overwrites a manual change of {', '.join(change.overwrites)}"] if change.overwrites else []


def _attention(review: Review, words: str, width: int, indent: str = "") -> list[Content]:
    head = line(indent, mark(review, "attention"), " ")
    return wrap(line(head, ink(words, "warn")), width, head.cell_length)


def _export(review: Review, export: RemovedExport, width: int) -> list[Content]:
    head, name = line(ink(review.glyphs.removed, "warn"), " "), line(ink("export "), ink(export.name, "strong"))
    if export.importers:
        who = ink(f" goes away, imported by {', '.join(export.importers)}", "bad")
        head = line(ink(review.glyphs.removed, "strong bad"), " ")
    elif export.importers is None:
        who = ink(" goes away, and who imports it could not be asked", "warn")
    else:
        who = ink(" goes away, no stack imports it", "muted")
    return wrap(line(head, name, who), width, 2)


def losses(found: ChangeReview | None, *, brief: bool = False) -> list[tuple[str, str, str]]:
    """Return what would be lost: (`REPLACES` or `REMOVES`, the logical ids, what becomes of what they hold)."""
    changes = [change for change in found.changes if change.loses_data] if found else []
    rows: list[tuple[str, str, str]] = []
    for label, what in (("REPLACES", "replaced"), ("REMOVES", "removed")):
        those = [change for change in changes if deed(change) == what]
        if those:
            rows.append((label, ", ".join(change.logical_id for change in those), _fate(what, those, brief=brief)))
    return rows


def _fate(what: str, those: Sequence[ResourceChange], *, brief: bool) -> str:
    kept = all(change.kept for change in those)
    if what == "removed" or brief:
        lost = "the new one starts empty" if what == "replaced" else "what it holds is lost"
        return "it stays in the account, out of the stack" if kept and what == "removed" else lost
    old = "the old one stays in the account" if kept else "the old one is deleted"
    unsure = all(change.replacement == "conditional" for change in those)
    return f"holds data{' and may be replaced' if unsure else ''}: the new one starts empty, {old}"


def gone(found: ChangeReview | None) -> str:
    """Return the logical ids of what holds data and is not there afterwards."""
    changes = found.changes if found else ()
    return ", ".join(change.logical_id for change in changes if change.loses_data and not change.kept)
