"""What a promotion would do to the stack, as text: what loses its data first, what every deploy does last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.style import Segment, table
from promote_tui.core.text import clean, list_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.cli.text.style import Role, Style
    from promote_tui.core.changes.model import ChangeReview, PropertyChange, ResourceChange

_LISTED = 40
_ORIGINS = 3


def change_lines(found: ChangeReview, style: Style) -> list[str]:
    """Return the section with a heading; without a change it says so."""
    about = [f"  predicted: {found.predicted}"] if found.predicted else []
    about += [f"  {found.unknown}"] if found.unknown else []
    about += [f"  {style.sign('attention')}  {words}" for words in found.warnings]
    rows = [*_rows(found.changes[:_LISTED], style)]
    more = [f"  and {len(found.changes) - _LISTED} more"] if len(found.changes) > _LISTED else []
    nothing = [f"  {found.without_resources}"] if found.without_resources else []
    ends = [*more, *nothing, *(f"  {words}" for words in found.other_folded)]
    return [
        "",
        style.paint("Infrastructure", "strong"),
        *(clean(words, limit=400) for words in about),
        *rows,
        *(clean(words, limit=400) for words in ends),
    ]


def _rows(changes: Sequence[ResourceChange], style: Style) -> Iterator[str]:
    """Yield a line for each change, in columns, and below it where it comes from and what people must see."""
    heads = table([_row(each, style) for each in changes], style)
    for head, change in zip(heads, changes, strict=True):
        yield head
        if change.origins:
            named = list_first([f"{commit.short} {commit.author}" for commit in change.origins], _ORIGINS)
            yield f"       {style.paint(clean(f'from {named}', limit=200), 'calm')}"
        for note in change_notes(change):
            words = f"{style.sign('attention')}  {clean(note, limit=300)}"
            yield f"    {style.paint(words, 'warn')}"


def _row(change: ResourceChange, style: Style) -> list[Segment]:
    name, role = action_sign(change)
    words = ", ".join(_told(each, style) for each in change.properties)
    return [
        Segment(f"  {style.sign(name)}  ", role),
        Segment(clean(change.logical_id), role),
        Segment(clean(change.resource_type), "calm"),
        Segment(clean(words, limit=400)),
    ]


def action_sign(change: ResourceChange) -> tuple[str, Role]:
    """Return what is done to a resource: add, modify, replace or remove; and how that looks."""
    role: Role = "bad" if change.loses_data else "plain"
    if change.action == "modify":
        return ("modify", role) if change.replacement == "false" else ("replace", role if role == "bad" else "warn")
    return change.action, role


def change_notes(change: ResourceChange) -> Iterator[str]:
    """Yield what people must see of a change, in words."""
    if change.action == "modify" and change.replacement != "false":
        yield "is replaced" if change.replacement == "true" else "may be replaced"
    if change.loses_data:
        yield "stays in the account, outside the stack" if change.kept else "its data is lost"
    yield from change.notes
    yield from (f"overwrites a manual change of {path}" for path in change.overwrites)


def _told(change: PropertyChange, style: Style) -> str:
    if change.before is None or change.after is None:
        return f"{change.path} changed"
    return f"{change.path} {change.before or 'none'} {style.sign('arrow')} {change.after or 'none'}"
