"""What happens to resources, in a word each: counted, signed, and what is lost by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.tui.presentation.style import Role, ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.core.changes.model import ChangeReview, ResourceChange
    from promote_tui.tui.presentation.glyphs import Glyphs


Effect: TypeAlias = Literal["replaced", "removed", "modified", "added"]
EFFECTS: tuple[Effect, ...] = ("replaced", "removed", "modified", "added")


def effect_of(change: ResourceChange) -> Effect:
    """Return what happens to a resource, in one word."""
    if change.action == "modify":
        return "modified" if change.replacement == "false" else "replaced"
    return "removed" if change.action == "remove" else "added"


def change_counts(found: ChangeReview) -> list[Content]:
    """Return `1 replaced`, `1 may be replaced`, `3 modified`, ..."""
    words = [effect_words(change) for change in found.changes]
    return [
        ink(f"{words.count(what)} {what}", _role([change for change in found.changes if effect_words(change) == what]))
        for what in ("replaced", "may be replaced", "removed", "modified", "added")
        if what in words
    ]


def effect_words(change: ResourceChange) -> str:
    """Return what happens to a resource; `may be replaced` where only the deploy will tell."""
    unsure = effect_of(change) == "replaced" and change.replacement == "conditional"
    return "may be replaced" if unsure else effect_of(change)


def signed_counts(found: ChangeReview, glyphs: Glyphs) -> list[Content]:
    """Return `± 1 replaced`, `~ 3 modified`, `+ 2 added`; what may be replaced without data counts as modified."""
    grouped: dict[Effect, list[ResourceChange]] = {what: [] for what in EFFECTS}
    for change in found.changes:
        mild = effect_words(change) == "may be replaced" and not change.loses_data
        grouped["modified" if mild else effect_of(change)].append(change)
    return [
        ink(f"{getattr(glyphs, what)} {len(those)}{_named(what, those)}", _role(those, what))
        for what, those in grouped.items()
        if those
    ]


def _named(what: Effect, those: Sequence[ResourceChange]) -> str:
    unsure = all(effect_words(change) == "may be replaced" for change in those)
    return " may be replaced" if unsure else f" {what}"


def _role(those: Sequence[ResourceChange], what: Effect | None = None) -> Role:
    if any(change.loses_data for change in those):
        return "strong bad"
    return "warn" if (what or effect_of(those[0])) in {"replaced", "removed"} else "muted"


def prediction_note(found: ChangeReview) -> Content:
    """Return `predicted` where there was no change set."""
    return ink("predicted" if found.predicted else "", "warn")


def change_words(change: ResourceChange) -> str:
    """Return `may be replaced, holds data`."""
    stays = ", stays in the account" if change.kept and effect_of(change) in {"replaced", "removed"} else ""
    return f"{effect_words(change)}{', holds data' if change.loses_data else ''}{stays}"


def losses(found: ChangeReview | None, *, brief: bool = False) -> list[tuple[str, str, str]]:
    """Return what would be lost: (`REPLACES` or `REMOVES`, the logical ids, what becomes of what they hold)."""
    changes = [change for change in found.changes if change.loses_data] if found else []
    rows: list[tuple[str, str, str]] = []
    for label, what in (("REPLACES", "replaced"), ("REMOVES", "removed")):
        those = [change for change in changes if effect_of(change) == what]
        if those:
            rows.append((label, ", ".join(change.logical_id for change in those), _fate(what, those, brief=brief)))
    return rows


def _fate(what: str, those: Sequence[ResourceChange], *, brief: bool) -> str:
    kept = all(change.kept for change in those)
    if what == "removed" or brief:
        lost = "the new one starts empty" if what == "replaced" else "its data is lost"
        return "it stays in the account, outside the stack" if kept and what == "removed" else lost
    old = "the old one stays in the account" if kept else "the old one is deleted"
    unsure = all(change.replacement == "conditional" for change in those)
    return f"holds data{' and may be replaced' if unsure else ''}: the new one starts empty, {old}"


def lost_resources(found: ChangeReview | None) -> str:
    """Return the logical ids of what holds data and is not there afterwards."""
    changes = found.changes if found else ()
    return ", ".join(change.logical_id for change in changes if change.loses_data and not change.kept)
