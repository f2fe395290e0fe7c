"""What a promotion would do to the stack: a resource a row, what loses its data on top and in red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import list_first, plural
from promote_tui.tui.presentation.lines import person
from promote_tui.tui.presentation.review.facts import is_unknown_base, needs_attention
from promote_tui.tui.presentation.review.resource_effects import EFFECTS, change_counts, change_words, effect_of
from promote_tui.tui.presentation.review.steps import activity, standing_mark
from promote_tui.tui.presentation.style import BLANK, TROUBLE, Role, cut_middle, fit, ink, line, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.content import Content

    from promote_tui.core.changes.model import PropertyChange, RemovedExport, ResourceChange
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.tui.presentation.review.model import Review


_LISTED, _PROPERTIES, _ORIGINS, _VALUE = 40, 6, 3, 44
_WIDE, _NARROW = 100, 66
"""Cells from which on the columns are broad, and below which types have none."""


def resources(review: Review, width: int) -> list[Content]:
    """Return the heading, and what would happen to each resource; why it cannot be told where it cannot."""
    found = review.resources
    if found is None:
        return _not_yet(review)
    checkout = [each for words in warnings(review) for each in _attention(review, words, width)]
    if found.unknown:
        return [_head(ink("unknown", "warn")), *wrap(ink(found.unknown, "warn"), width), *checkout]
    counts = change_counts(found) or [ink(found.without_resources, "plain" if found.code else "muted")]
    lines = wrap(_head(*counts), width, len("2 CHANGES  "))
    if found.predicted:
        lines += wrap(ink(f"predicted: {found.predicted}", "warn"), width)
    lines += checkout
    lines += [each for words in found.warnings for each in _attention(review, words, width)]
    lines += [each for export in found.exports for each in _export(review, export, width)]
    for change in (ordered := sorted(found.changes, key=_rank))[:_LISTED]:
        lines += _resource(review, change, width, alone=not found.predicted)
    lines += [ink(f"and {plural(len(ordered) - _LISTED, 'more resource')}", "muted")] if len(ordered) > _LISTED else []
    return [*lines, *(each for words in found.other_folded for each in wrap(ink(words, "muted"), width))]


def warnings(review: Review) -> Sequence[str]:
    """Return where the checkout is not what a team has."""
    return review.plan.warnings if review.plan else ()


def _head(*notes: Content) -> Content:
    parts = (line("  " if at == 0 else "   ", note) for at, note in enumerate(notes) if note.plain)
    return line(ink("2 CHANGES", "label"), *parts)


def _not_yet(review: Review) -> list[Content]:
    if review.activity and review.draft is not None:
        return [_head(ink("packaging; changes follow", "muted")), activity(review)]
    if review.draft is not None and is_unknown_base(review.draft):
        return [_head(ink("unknown", "warn"))]
    return [_head(ink("not packaged: a gate is blocked" if review.closed_gates else "", "muted"))]


def _rank(change: ResourceChange) -> tuple[bool, int]:
    at = EFFECTS.index(effect_of(change))
    return not change.loses_data, at * 2 if at < 2 or not needs_attention(change) else at  # noqa: PLR2004 - what stays


def _resource(review: Review, change: ResourceChange, width: int, *, alone: bool) -> list[Content]:
    """Return a resource's row and what is to be said under it; `alone`: predicted though the others are not."""
    words, under = _words(review, change)
    first = _columns(review, change, width)
    room = width - first.cell_length
    rows: list[Content]
    if words.cell_length > room:
        rows = [fit(line(first, ink("" if under else effect_of(change), "muted")), width), *_under(words, width)]
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
    what = effect_of(change)
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
    what, arrow = effect_of(change), review.glyphs.arrow
    changed = _joined(_property(each, arrow) for each in change.properties[:_PROPERTIES])
    more = len(change.properties) - _PROPERTIES
    changed = line(changed, ink(f" and {more} more", "muted")) if more > 0 else changed
    if what == "modified":
        return (changed if changed.plain else ink("changed", "muted")), []
    role: Role = "strong bad" if change.loses_data else "muted" if what == "added" else "warn"
    return ink(change_words(change), role), [changed] if changed.plain and what == "replaced" else []


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
    named = [f"{commit.short} {person(commit.author, 10)}" for commit in commits]
    return ink(list_first(named, _ORIGINS), "muted")


def _overwrites(change: ResourceChange) -> list[str]:
    return [f"overwrites a manual change of {', '.join(change.overwrites)}"] if change.overwrites else []


def _attention(review: Review, words: str, width: int, indent: str = "") -> list[Content]:
    head = line(indent, standing_mark(review, "attention"), " ")
    return wrap(line(head, ink(words, "warn")), width, head.cell_length)


def _export(review: Review, export: RemovedExport, width: int) -> list[Content]:
    head, name = line(ink(review.glyphs.removed, "warn"), " "), line(ink("export "), ink(export.name, "strong"))
    if export.importers:
        who = ink(f" is removed, but imported by {', '.join(export.importers)}", "bad")
        head = line(ink(review.glyphs.removed, "strong bad"), " ")
    elif export.importers is None:
        who = ink(" is removed, its importers are unknown", "warn")
    else:
        who = ink(" is removed, no stack imports it", "muted")
    return wrap(line(head, name, who), width, 2)
