"""The evidence in a line each, for a small screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.tui.presentation.evidence import back_to, kinds, package_words, people, why_untold
from promote_tui.tui.presentation.ink import Role, fit, ink, line
from promote_tui.tui.presentation.lists import sorted_gates
from promote_tui.tui.presentation.review import doing, from_to, mark, untold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.core.plan import Draft
    from promote_tui.tui.presentation.review import Review

_AT = 14
_GAP = "   "


def table(review: Review, width: int, keys: Sequence[str]) -> list[Content]:
    """Return a row a step, and one for the way back; each step's key opens it in full."""
    draft = review.draft
    if draft is None:
        return [] if review.error else [doing(review)]
    taken = _taken(draft)
    rows = [
        _row(keys[0], _count(draft), _commits(review, draft)),
        *([taken] if taken is not None else []),
        _row(keys[1], _files(draft), _changes(review, draft)),
        _row(keys[2], plural(len(review.gates), "gate"), _gates(review)),
        _row(keys[3], "approvals", _approvals(review)),
        line(fit(line(ink(review.glyphs.back, "muted"), ink(" way back", "muted")), _AT), _back(review, draft)),
    ]
    return [fit(row, width) for row in rows]


def _row(key: str, label: str, value: Content) -> Content:
    return line(fit(line(ink(key, "strong"), ink(f" {label}", "muted")), _AT), value)


def _count(draft: Draft) -> str:
    return "commits" if untold(draft) else plural(len(draft.brings), "commit")


def _files(draft: Draft) -> str:
    return "changes" if untold(draft) else plural(len(draft.files), "file")


def _commits(review: Review, draft: Draft) -> Content:
    if untold(draft):
        words = ink("changes unknown", "warn")
    elif draft.brings or draft.removes:
        words = ink(people(draft.brings), "muted")
    else:
        words = ink("the same code already", "muted")
    return line(from_to(review), _GAP, words)


def _taken(draft: Draft) -> Content | None:
    if not draft.removes:
        return None
    first, *others = draft.removes
    more = f"   and {len(others)} more" if others else ""
    count = ink(f"takes away {plural(len(draft.removes), 'commit')}", "strong warn")
    return line(" " * _AT, count, ink(f" by {people(draft.removes)}   {first.short} {first.subject}{more}", "warn"))


def _changes(review: Review, draft: Draft) -> Content:
    if untold(draft):
        return ink(why_untold(draft), "warn")
    infrastructure, shared = kinds(review, draft)
    words: list[Content] = []
    if infrastructure:
        name = infrastructure[0].rpartition("/")[2]
        words.append(line(mark(review, "attention"), ink(f" {name}", "strong warn"), ink(" infrastructure", "warn")))
    words += [ink(f"{shared} shared", "muted")] if shared else []
    words += [_letters(draft)] if draft.files else [ink("no file changes", "muted")]
    words += [doing(review)] if review.doing else [ink(_package(review), "muted")]
    return _joined(words)


def _letters(draft: Draft) -> Content:
    letters = [change.status[:1] for change in draft.files]
    found = [f"{letters.count(letter)} {letter}" for letter in "AMD" if letter in letters]
    return ink(" ".join(found), "muted")


def _package(review: Review) -> str:
    words = package_words(review.plan.package) if review.plan else ""
    return f"package {words}" if words else ""


def _gates(review: Review) -> Content:
    passing = len(review.gates) - len(review.closed)
    words = [line(ink(review.glyphs.passed, "good"), ink(f" {passing}"))] if passing else []
    if review.closed:
        gate = sorted_gates(review.gates)[0]
        sign = line(mark(review, "fail"), ink(f" {gate.name}", "strong bad"), ink(f"  {gate.reason}", "bad"))
        words = [*words, sign]
    elif review.plan is None and review.doing:
        words = [*words, line(mark(review, "pending"), ink(" more after packaging", "muted"))]
    return _joined(words)


def _approvals(review: Review) -> Content:
    if not review.approvals:
        return ink(f"{review.target.stage} asks for none", "muted")
    gate = review.approvals[0]
    role: Role = "plain" if gate.passed else "bad"
    return line(mark(review, "pass" if gate.passed else "fail"), " ", ink(gate.reason, role))


def _back(review: Review, draft: Draft) -> Content:
    if untold(draft):
        return ink("what runs there now is not known", "warn")
    if draft.deployed is None:
        return ink("nothing runs there yet", "muted")
    return back_to(review)


def _joined(parts: Sequence[Content]) -> Content:
    shown = [part for part in parts if part.plain]
    return line(*(part if at == 0 else line(_GAP, part) for at, part in enumerate(shown)))
