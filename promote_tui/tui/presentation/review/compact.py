"""The evidence in a line each, for a small screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.tui.presentation.review import changes as changing
from promote_tui.tui.presentation.review import resource_effects
from promote_tui.tui.presentation.review.authors import author_names
from promote_tui.tui.presentation.review.facts import is_unknown_base
from promote_tui.tui.presentation.review.rollback_outlook import rollback_target, way_back_words
from promote_tui.tui.presentation.review.sections import infrastructure_and_shared, unknown_base_reason
from promote_tui.tui.presentation.review.steps import activity, from_to, standing_mark
from promote_tui.tui.presentation.style import TROUBLE, Role, fit, ink, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.planning.plan import Draft
    from promote_tui.tui.presentation.review.model import Review

_AT = 14
_GAP = "   "
_FILE_CHANGES = {"A": "added", "M": "modified", "D": "deleted"}


def step_table(review: Review, width: int, keys: Sequence[str]) -> list[Content]:
    """Return a row a step, and one for the way back; each step's key opens it in full."""
    draft = review.draft
    if draft is None:
        return [] if review.error else [activity(review)]
    taken = _taken(draft)
    lost = review.resources is not None and any(change.loses_data for change in review.resources.changes)
    changes = fit(_row(keys[1], _size(review, draft), _changes(review, draft, width - _AT)), width)
    rows = [
        _row(keys[0], _count(draft), _commits(review, draft)),
        *([taken] if taken is not None else []),
        changes.stylize_before(TROUBLE) if lost else changes,
        _row(keys[2], plural(len(review.gates), "gate"), _gates(review)),
        _row(keys[3], "approvals", _approvals(review)),
        line(fit(line(ink(review.glyphs.back, "muted"), ink(" rollback", "muted")), _AT), _back(review, draft)),
    ]
    return [fit(row, width) for row in rows]


def _row(key: str, label: str, value: Content) -> Content:
    return line(fit(line(ink(key, "strong"), ink(f" {label}", "muted")), _AT), value)


def _count(draft: Draft) -> str:
    return (
        "commits"
        if is_unknown_base(draft) or (draft.removes and not draft.brings)
        else plural(len(draft.brings), "commit")
    )


def _size(review: Review, draft: Draft) -> str:
    if review.resources is not None and not review.resources.unknown:
        count = len(review.resources.changes)
        return plural(count, "change") if count else "changes"
    return "changes" if is_unknown_base(draft) or review.resources else plural(len(draft.files), "file")


def _commits(review: Review, draft: Draft) -> Content:
    if is_unknown_base(draft):
        words = ink("changes unknown", "warn")
    elif draft.brings or draft.removes:
        words = ink(author_names(draft.brings), "muted")
    else:
        words = ink("already the same code", "muted")
    return line(from_to(review), _GAP, words)


def _taken(draft: Draft) -> Content | None:
    if not draft.removes:
        return None
    first, *others = draft.removes
    more = f"   and {len(others)} more" if others else ""
    count = ink(f"removes {plural(len(draft.removes), 'commit')}", "strong warn")
    return line(
        " " * _AT, count, ink(f" by {author_names(draft.removes)}   {first.short} {first.subject}{more}", "warn")
    )


def _changes(review: Review, draft: Draft, width: int) -> Content:
    if review.resources is not None:
        return _resources(review, review.resources, draft, width)
    if is_unknown_base(draft):
        return ink(unknown_base_reason(draft), "warn")
    infrastructure, shared = infrastructure_and_shared(review, draft)
    words: list[Content] = []
    if infrastructure:
        name = infrastructure[0].rpartition("/")[2]
        words.append(
            line(standing_mark(review, "attention"), ink(f" {name}", "strong warn"), ink(" infrastructure", "warn"))
        )
    words += [ink(f"{shared} shared", "muted")] if shared else []
    words += [_letters(draft)] if draft.files else [ink("no file changes", "muted")]
    words += [activity(review)] if review.activity else []
    return _joined(words)


def _resources(review: Review, found: ChangeReview, draft: Draft, width: int) -> Content:
    """Return `± 1 replaced: OrdersTable   1 removed   ~ 3 modified   predicted`, and what else there is room for."""
    if found.unknown:
        return ink(found.unknown, "warn")
    counts = resource_effects.signed_counts(found, review.glyphs) or [
        ink(found.without_resources, "plain" if found.code else "muted")
    ]
    rest = [*counts[1:], resource_effects.prediction_note(found), *_notes(review, found)]
    named = line(counts[0], ink(_named(found), "strong"))
    files = ink("" if is_unknown_base(draft) else plural(len(draft.files), "file"), "muted")
    choices = ([named, *rest, files], [named, *rest], [counts[0], *rest])
    return next((words for parts in choices if (words := _joined(parts)).cell_length <= width), _joined(choices[-1]))


def _named(found: ChangeReview) -> str:
    """Return the name of the one resource that would lose what it holds."""
    lost = [change.logical_id for change in found.changes if change.loses_data]
    return f": {lost[0]}" if len(lost) == 1 else ""


def _notes(review: Review, found: ChangeReview) -> list[Content]:
    used = [export for export in found.exports if export.importers]
    told = [("rights or access", any(change.notes for change in found.changes))]
    told += [("overwrites", any(change.overwrites for change in found.changes))]
    odd = (*changing.warnings(review), *found.warnings)
    told += [(plural(len(odd), "warning"), bool(odd))]
    notes = [line(standing_mark(review, "attention"), " ", ink(words, "warn")) for words, so in told if so]
    return [line(standing_mark(review, "fail"), ink(" export in use", "bad")), *notes] if used else notes


def _letters(draft: Draft) -> Content:
    letters = [change.status[:1] for change in draft.files]
    found = [f"{letters.count(letter)} {word}" for letter, word in _FILE_CHANGES.items() if letter in letters]
    return ink(" ".join(found), "muted")


def _gates(review: Review) -> Content:
    passing = sum(standing in {"pass", "quiet"} for _gate, standing in review.gate_standings)
    words = [line(ink(review.glyphs.passed, "good"), ink(f" {passing} pass"))] if passing else []
    gate, standing = review.gate_standings[0] if review.gate_standings else (None, "pass")
    if gate is not None and standing == "fail":
        sign = line(standing_mark(review, "fail"), ink(f" {gate.name}", "strong bad"), ink(f"  {gate.reason}", "bad"))
        words = [*words, sign]
    elif gate is not None and standing == "attention":
        said = "allowed by name" if gate.missing_allowances else gate.reason
        words = [
            *words,
            line(standing_mark(review, "attention"), ink(f" {gate.name}", "strong warn"), ink(f"  {said}", "warn")),
        ]
    elif review.plan is None and review.activity:
        words = [*words, line(standing_mark(review, "pending"), ink(" more after packaging", "muted"))]
    return _joined(words)


def _approvals(review: Review) -> Content:
    if not review.approval_gates:
        return ink("none required", "muted")
    gate = review.approval_gates[0]
    role: Role = "plain" if gate.passed else "bad"
    return line(standing_mark(review, "pass" if gate.passed else "fail"), " ", ink(gate.reason, role))


def _back(review: Review, draft: Draft) -> Content:
    if is_unknown_base(draft):
        return ink("the deployed commit is unknown", "warn")
    if draft.deployed is None:
        return ink("nothing runs there yet", "muted")
    return _joined([_way_back(review), ink(_proof(draft), "muted")])


def _way_back(review: Review) -> Content:
    """Return how the stage would get back; before the package is there, what it would go back to."""
    found = way_back_words(review)
    if found.plain:
        return found
    lost = resource_effects.lost_resources(review.resources)
    sign = line(ink(review.glyphs.failed, "bad"), ink(f" the data of {lost} is lost", "bad")) if lost else ink("")
    return _joined([rollback_target(review), sign])


def _proof(draft: Draft) -> str:
    """Return `smoke test and bake first, goes back by itself`: what is confirmed together with the deploy."""
    asked = " and ".join(name for name, _ in draft.afterwards if name in {"smoke test", "bake"})
    fails = dict(draft.afterwards).get("where it fails", "")
    alone = ", rolls back automatically" if fails.startswith("the stage rolls back") else ""
    return f"{asked} to pass{alone}" if asked else ""


def _joined(parts: Sequence[Content]) -> Content:
    shown = [part for part in parts if part.plain]
    return line(*(part if at == 0 else line(_GAP, part) for at, part in enumerate(shown)))
