"""The frame round a confirmation: its target, what would go where, what is lost, and the command."""

from __future__ import annotations

import shlex
from itertools import groupby
from typing import TYPE_CHECKING

from promote_tui.core.text import plural
from promote_tui.tui.presentation.review import resource_effects
from promote_tui.tui.presentation.review.authors import author_names, commit_count_words
from promote_tui.tui.presentation.review.facts import is_unknown_base
from promote_tui.tui.presentation.review.steps import from_to
from promote_tui.tui.presentation.style import BLANK, Role, cut_middle, fit, ink, line, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.content import Content

    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.tui.presentation.review.model import Review


AT = 10
_STAGE = 24
"""Cells of a stage's name in the frame: account and region have to be read beside it."""
_MOST = 6
"""Lines of a command, so that the confirmation itself stays in sight."""


def title(review: Review) -> Content:
    """Return `PROD  account 333333333333  eu-west-1`."""
    target = review.target
    stage = ink(cut_middle(target.stage, _STAGE).upper(), "strong bad" if review.is_typed else "strong live")
    return line(stage, "  ", ink(f"account {target.aws.account}", "strong"), "  ", ink(target.aws.region, "strong"))


def frame_label(words: str, role: Role = "label") -> Content:
    """Return a label in the first column of the frame."""
    return fit(ink(words, role), AT)


def deploy_lines(review: Review, width: int) -> list[Content]:
    """Return what would go where, and what the stage would lose by it: nothing that a rollback has not said."""
    target, draft = review.target, review.draft
    what = line(
        ink(target.service, "strong"),
        ink(" in " if review.is_rollback else " to ", "muted"),
        ink(target.stage, "strong"),
    )
    where = line(
        frame_label("ROLLBACK" if review.is_rollback else "DEPLOYS"), what, ink(f"   stack {target.stack}", "muted")
    )
    if draft is None:
        return wrap(where, width, AT)
    short = line(where, "   ", from_to(review))
    whole = line(short, ink(_size(review), "muted"))
    lines = wrap(whole if whole.cell_length <= width else short, width, AT)
    if draft.removes and not review.is_rollback:
        first = draft.removes[0]
        words = (
            f"{plural(len(draft.removes), 'commit')} by {author_names(draft.removes)}   {first.short} {first.subject}"
        )
        lines.append(fit(line(frame_label("LOSES", "strong warn"), ink(words, "warn")), width))
    return lines


def _size(review: Review) -> str:
    draft = review.draft
    if draft is None:
        return ""
    found = review.resources
    known = found is not None and not found.unknown
    changed = _changed(found) if found and known else plural(len(draft.files), "file")
    if is_unknown_base(draft):
        return f"   {changed}" if known else "   changes unknown"
    if review.is_redeploy:
        return f"   redeploys the same code{', ' + changed if known and found and found.changes else ''}"
    return f"   {commit_count_words(draft).removeprefix('deploys ')}, {changed}"


def _changed(found: ChangeReview) -> str:
    return "new code" if found.code and not found.changes else plural(len(found.changes), "change")


def loss_lines(review: Review, width: int) -> list[Content]:
    """Return the resources that lose what they hold: `REPLACES  OrdersTable   holds data: ...`."""
    whole, brief = (
        [_lost(*row) for row in resource_effects.losses(review.resources, brief=short)] for short in (False, True)
    )
    return [fit(long if long.cell_length <= width else cut, width) for long, cut in zip(whole, brief, strict=True)]


def _lost(label: str, names: str, fate: str) -> Content:
    return line(frame_label(label, "strong bad"), ink(names, "strong bad"), ink(f"   {fate}", "bad"))


def command_lines(review: Review, width: int, *, brief: bool = False) -> list[Content]:
    """Return the exact command, an option and its value together; where `brief`, with its folder cut at the start."""
    plan = review.plan
    if plan is None:
        return []
    copy = line(ink(review.keys.copy, "strong"), ink(" copy", "muted"))
    folder = f"{review.glyphs.cut}/plans/{plan.id}/package" if brief else plan.package.folder
    words = [folder if part == plan.package.folder else part for part in plan.command]
    rows = _filled(_options(words, folder), width - AT - 2, width - AT - copy.cell_length - 2)
    first, *rest = rows
    shown = [spread(line(frame_label("RUNS"), first), copy, width), *(row.pad_left(AT + 2) for row in rest)]
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
