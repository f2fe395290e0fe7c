"""The frame round a confirmation: where it goes, what it runs, and why it cannot be confirmed."""

from __future__ import annotations

import shlex
from itertools import groupby
from typing import TYPE_CHECKING

from promote_tui.core.gates.closed import time_alone
from promote_tui.core.planning.plan import phrase
from promote_tui.core.text import plural
from promote_tui.tui.presentation.next_steps import joined, key_words
from promote_tui.tui.presentation.review import changes
from promote_tui.tui.presentation.review.model import doing, from_to, mark, untold
from promote_tui.tui.presentation.review.sections import moved, people
from promote_tui.tui.presentation.style import BLANK, Role, cut_middle, fit, ink, line, spread, wrap
from promote_tui.tui.presentation.wording import without_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.content import Content

    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.next_steps import NextStep
    from promote_tui.tui.presentation.review.model import Review

AT = 10
_STAGE = 24
"""Cells of a stage's name in the frame: account and region have to be read beside it."""
_COLUMN = 52
"""Cells before the fields, where there is room."""
_FIELD = 24
"""Cells that a field should have beside what is to be typed into it."""
_MOST = 6
"""Lines of a command, so that the confirmation itself stays in sight."""


def title(review: Review) -> Content:
    """Return `PROD  account 333333333333  eu-west-1`."""
    target = review.target
    stage = ink(cut_middle(target.stage, _STAGE).upper(), "strong bad" if review.grave else "strong live")
    return line(stage, "  ", ink(f"account {target.aws.account}", "strong"), "  ", ink(target.aws.region, "strong"))


def _label(words: str, role: Role = "label") -> Content:
    return fit(ink(words, role), AT)


def deploys(review: Review, width: int, *, back: bool = False) -> list[Content]:
    """Return what would go where, and what the stage would lose by it: nothing that a rollback has not said."""
    target, draft = review.target, review.draft
    what = line(ink(target.service, "strong"), ink(" to ", "muted"), ink(target.stage, "strong"))
    where = line(_label("GOES BACK" if back else "DEPLOYS"), what, ink(f"   stack {target.stack}", "muted"))
    if draft is None:
        return wrap(where, width, AT)
    short = line(where, "   ", from_to(review))
    whole = line(short, ink(_size(review), "muted"))
    lines = wrap(whole if whole.cell_length <= width else short, width, AT)
    if draft.removes and not back:
        first = draft.removes[0]
        words = f"{plural(len(draft.removes), 'commit')} by {people(draft.removes)}   {first.short} {first.subject}"
        lines.append(fit(line(_label("LOSES", "strong warn"), ink(words, "warn")), width))
    return lines


def _size(review: Review) -> str:
    draft = review.draft
    if draft is None:
        return ""
    found = review.resources
    known = found is not None and not found.unknown
    changed = _changed(found) if found and known else plural(len(draft.files), "file")
    if untold(draft):
        return f"   {changed}" if known else "   changes unknown"
    if review.again:
        return f"   the same code again{', ' + changed if known and found and found.changes else ''}"
    return f"   {moved(draft).removeprefix('brings ')}, {changed}"


def _changed(found: ChangeReview) -> str:
    return "new code" if found.code and not found.changes else plural(len(found.changes), "change")


def losses(review: Review, width: int) -> list[Content]:
    """Return the resources that lose what they hold: `REPLACES  OrdersTable   holds data: ...`."""
    whole, brief = ([_lost(*row) for row in changes.losses(review.resources, brief=short)] for short in (False, True))
    return [fit(long if long.cell_length <= width else cut, width) for long, cut in zip(whole, brief, strict=True)]


def _lost(label: str, names: str, fate: str) -> Content:
    return line(_label(label, "strong bad"), ink(names, "strong bad"), ink(f"   {fate}", "bad"))


def runs(review: Review, width: int, *, brief: bool = False) -> list[Content]:
    """Return the exact command, an option and its value together; where `brief`, with its folder cut at the start."""
    plan = review.plan
    if plan is None:
        return []
    copy = line(ink(review.keys.copy, "strong"), ink(" copy", "muted"))
    folder = f"{review.glyphs.cut}/plans/{plan.id}/package" if brief else plan.package.folder
    words = [folder if part == plan.package.folder else part for part in plan.command]
    rows = _filled(_options(words, folder), width - AT - 2, width - AT - copy.cell_length - 2)
    first, *rest = rows
    shown = [spread(line(_label("RUNS"), first), copy, width), *(row.pad_left(AT + 2) for row in rest)]
    if len(shown) <= _MOST:
        return shown
    rest_of_it = ink(f"{review.glyphs.cut} {review.keys.copy} copies all of it", "warn")
    return [*shown[: _MOST - 1], line(" " * (AT + 2), rest_of_it)]


def _options(words: Iterable[str], folder: str) -> list[str]:
    """Return the program, then each option with its value, quoted as a shell would want them."""
    groups: list[list[str]] = []
    for is_option, found in groupby(words, lambda word: word.startswith("-")):
        parts = list(found)
        if is_option:
            groups += [[part] for part in parts]
        elif groups:
            groups[-1] += parts
        else:
            groups.append(parts)
    return [" ".join(word if word == folder else shlex.quote(word) for word in group) for group in groups]


def _filled(options: list[str], width: int, first: int) -> list[Content]:
    """Return the options in as few lines as there must be; what is wider than a line is broken."""
    rows: list[str] = []
    for option in options:
        room = first if len(rows) == 1 else width
        if rows and len(rows[-1]) + 1 + len(option) <= room:
            rows[-1] += f" {option}"
        else:
            rows.append(option)
    shown: list[Content] = []
    for row in rows:
        shown += wrap(ink(row, limit=2000), width if shown else first)
    return shown or [BLANK]


def standing(review: Review, width: int, *, cramped: bool = False) -> list[Content]:  # noqa: PLR0911 - a row a state
    """Return why the deploy cannot be confirmed now, with the next step; nothing where it can.

    `cramped` says that what has to be read and typed is taller than the screen.
    """
    if review.starting:
        return [line(_label("DEPLOY"), mark(review, "pending"), ink(" starting; final check", "muted"))]
    if review.error is not None or review.expired:
        return _stopped(review, width)
    if review.closed:
        return _locked(review, width)
    if review.plan is None:
        return [fit(line(_label("REVIEW"), doing(review)), width)] if review.doing else []
    if review.read_only:
        return _why("LOCKED", ink("started with --read-only: nothing is deployed from here"), width)
    if cramped:
        return _why("LOCKED", ink("make the window larger: what has to be typed does not fit"), width)
    return []


def _why(label: str, words: Content, width: int) -> list[Content]:
    return wrap(line(_label(label, "strong bad"), words), width, AT)


def _stopped(review: Review, width: int) -> list[Content]:
    error, label = review.error, "REFUSED" if review.draft else "STOPPED"
    if error is None:
        label, cause, remedy = "EXPIRED", "the plan is older than an hour", ""
    else:
        cause, remedy = error.cause, without_options(error.remedy, "go back and choose a commit with enter")
    step = error.step if error is not None else None
    return [*_why(label, ink(cause, "bad"), width), *_next(review, remedy, step, "plans again", width)]


def _locked(review: Review, width: int) -> list[Content]:
    gate, *others = review.closed
    more = ink(f"   and {plural(len(others), 'more gate')}: {', '.join(it.name for it in others)}" if others else "")
    lines = _why("LOCKED", line(ink(gate.name, "strong"), ink(f": {gate.reason}"), more), width)
    lines += _next(review, gate.remedy, gate.step, "asks again", width)
    if review.waits:
        begins = "unlocks by itself: it" if time_alone(review.closed) else "it"
        lines += wrap(line(" " * AT, ink(f"{begins} is asked again every 30 s", "muted")), width, AT)
    return lines


def _next(review: Review, remedy: str, first: NextStep | None, again: str, width: int) -> list[Content]:
    """Return what can be done: the words of the first step, where they are no command, and the keys of all."""
    keys = [found for step in review.steps if (found := key_words(step, "promote", review.keys.of))]
    words = ", ".join(gate.name for gate in review.overridable) if review.error is None and not review.back else ""
    if words:
        keys.append(line(ink(review.keys.of("promote.override"), "strong"), ink(f" overrides {words}", "muted")))
    keys.append(line(ink(review.keys.again, "strong"), ink(f" {again}", "muted")))
    return wrap(line(_label("NEXT"), joined(remedy, first, keys)), width, AT)


def to_type(review: Review, width: int, *, back: bool = False) -> list[Content]:
    """Return `TYPE  orders prod  to deploy`; the words to type are never cut."""
    words = line(_label("TYPE"), ink(phrase(review.target), "strong"))
    deed = "  to roll back" if back else "  to deploy"
    return [fit(line(words, ink(deed, "muted")) if width > words.cell_length + len(deed) else words, width)]


def to_explain(width: int) -> list[Content]:
    """Return `WHY  a reason  for the record`."""
    return [fit(line(_label("WHY"), ink("a reason"), ink("  for the record", "muted")), width)]


def column(review: Review, width: int) -> int:
    """Return the cells before the fields: the names to type stand there whole, wherever a field is left beside them."""
    longest = max((len(need.logical_id) for need in review.needs), default=0)
    return max(min(_COLUMN, width - _FIELD), min(AT + longest + 2, width - 12))


def to_name(review: Review, width: int) -> list[Content]:
    """Return `OrdersTable: what it holds is lost`, the names alone where there is no room; none is cut."""
    label = _label("" if review.confirm == "type" else "TYPE")
    names = ink(" ".join(need.logical_id for need in review.needs), "strong", limit=5000)
    kept = review.needs and not changes.gone(review.resources)
    them = "it" if len(review.needs) == 1 else "they"
    does = {"it": ("holds is lost", "it stays in the account"), "they": ("hold is lost", "they stay in the account")}[
        them
    ]
    words = ink(f": {does[1]}" if kept else f": what {them} {does[0]}", "muted" if kept else "bad")
    whole = line(label, names, words)
    roomy = whole.cell_length <= width or width >= _COLUMN
    return wrap(whole if roomy else line(label, names), width, AT)


def hint(  # noqa: PLR0911 - a row a state
    review: Review, typed: str, *, in_sight: bool, armed: bool, covered: bool = False
) -> Content:
    """Return what is still to be done before the deploy, beside its button."""
    if review.on_its_way:
        return ink("unlocks once the plan is there" if typed else "letters wait for the plan", "muted")
    if not review.ready:
        return BLANK
    if covered:
        return ink("once the message over the frame has gone", "warn")
    if not in_sight:
        return ink("make the window larger to deploy", "warn")
    if review.confirm == "none" and not review.needs:
        return line(ink(review.keys.deploy, "strong"), ink(" deploys", "muted")) if armed else BLANK
    words = review.confirm == "type" and typed != phrase(review.target)
    names = bool(review.needs) and not review.given
    if words and names and not typed:
        return _both(review)
    if words:
        return _missing(review, phrase(review.target), typed)
    if names:
        return _unnamed(review)
    return line(ink(review.keys.onward, "strong"), ink(", then enter deploys", "muted")) if armed else BLANK


def _missing(review: Review, wanted: str, typed: str) -> Content:
    if not typed:
        return _onward(review, "then type the words")
    left = len(wanted) - len(typed)
    if wanted.startswith(typed):
        return ink(f"{plural(left, 'letter')} to go", "muted")
    return ink("unlocks when it matches", "warn")


def _both(review: Review) -> Content:
    return ink("unlocks when both match", "muted") if review.named else _onward(review, "then type both")


def _onward(review: Review, words: str) -> Content:
    return line(ink(review.keys.onward, "strong"), ink(f" {words}", "muted"))


def _unnamed(review: Review) -> Content:
    wanted = [need.logical_id for need in review.needs]
    if len(wanted) == 1 and review.named:
        return _missing(review, wanted[0], review.named)
    if not review.named:
        return _onward(review, "then type the name" if len(wanted) == 1 else "then type the names")
    left = len(set(wanted) - {*review.named.split()})
    return ink(f"{plural(left, 'name')} to go" if left else "unlocks when it matches", "warn" if not left else "muted")
