"""A release on the screen: its stages, its waves, and a row for each service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.model.cells import Never, Unreachable, commit_of
from promote_tui.core.text import short
from promote_tui.tui.presentation.release.box import go_line
from promote_tui.tui.presentation.release.issues import join_names
from promote_tui.tui.presentation.release.model import IDLE, EntryStatus, ReleaseDraft, ReleaseEntry
from promote_tui.tui.presentation.review.facts import is_unknown_base
from promote_tui.tui.presentation.style import BLANK, Role, align_right, fit, ink, line, rule, spread
from promote_tui.tui.presentation.widths import WIDE
from promote_tui.tui.presentation.wording import confirmation_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.core.planning.waves import Wave
    from promote_tui.tui.presentation.glyphs import Glyphs


def stages_line(release: ReleaseDraft, stages: Sequence[str], width: int, *, marks: bool) -> Content:
    """Return the stages to choose from with the chosen one lit, where it lands, and whether it is go or no-go."""
    entries: list[Content | str] = [ink("INTO", "label"), " "]
    for stage in stages:
        here = stage == release.stage.name
        left, right = ("[", "]") if here and marks else (" ", " ")
        name = line(left, ink(stage, "strong" if here else "muted"), right)
        entries.append(name.stylize_before("on $primary-muted") if here else name)
    aws = release.stage.aws
    if width >= WIDE:
        entries.append(
            ink(
                f"   {aws.account} {release.glyphs.dot} {aws.region}   {confirmation_words(release.stage.confirm)}",
                "muted",
            )
        )
    return spread(line(*entries), go_line(release), width)


_BROAD = 76
"""Cells from which on the columns are broad."""
_SHORT_HEAD = 5
"""Cells of the commits' column that have room for a short head alone."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns of a release are."""

    service: int
    commits: int = 7
    files: int = 6
    change: int = 18
    taken: int = 4


def columns(width: int) -> Columns:
    """Return the columns for a width."""
    return Columns(19) if width >= _BROAD else Columns(13, _SHORT_HEAD, 6)


def column_heads(glyphs: Glyphs, width: int) -> Content:
    """Return the heads of the columns."""
    at = columns(width)
    return line(
        fit(ink("SERVICE", "label"), at.service),
        fit(ink(f"FROM {glyphs.arrow} TO", "label"), at.change),
        align_right(ink("COMMITS" if at.commits > _SHORT_HEAD else "CMTS", "label"), at.commits),
        " " * at.taken,
        align_right(ink("FILES", "label"), at.files),
        "  ",
        ink("GATES", "label"),
    )


def wave_line(release: ReleaseDraft, wave: Wave, width: int) -> Content:
    """Return `WAVE 2  after inventory and catalog ─────`."""
    if wave.after:
        words = f"after {join_names(wave.after, 3)}"
    else:
        words = "depends on nothing" if len(release.waves) > 1 else "no service depends on another"
    left = line(ink(f"WAVE {wave.number}", "strong"), "  ", ink(words, "muted"))
    return rule(left, BLANK, width, release.glyphs.rule)


def entry_line(entry: ReleaseEntry, glyphs: Glyphs, width: int, *, here: bool) -> Content:
    """Return a service as a row: from and to, how many commits and files, and how the gates stand."""
    at = columns(width)
    role: Role = "strong" if here else "plain" if entry.included else "muted"
    commits, taken, files = _sizes(entry, glyphs)
    return line(
        fit(ink(entry.service, role), at.service),
        fit(_from_to(entry, glyphs), at.change),
        align_right(commits, at.commits),
        fit(taken, at.taken),
        align_right(files, at.files),
        "  ",
        ink("left out", "muted") if entry.left_out and entry.status not in IDLE else _gates(entry, glyphs),
    )


def _from_to(entry: ReleaseEntry, glyphs: Glyphs) -> Content:
    cell = entry.view.cell if entry.view else None
    if cell is None or isinstance(cell, Unreachable):
        return BLANK
    old = "never" if isinstance(cell, Never) else short(commit_of(cell) or "unknown")
    to = (
        entry.draft.commit.short
        if entry.draft and entry.status not in {*IDLE, EntryStatus.RUNNING, EntryStatus.UNSETTLED}
        else ""
    )
    role: Role = "muted" if entry.left_out else "plain"
    return line(ink(f"{old:<7}", "muted"), ink(f" {glyphs.arrow} ", "faint") if to else "", ink(to, role))


def _sizes(entry: ReleaseEntry, glyphs: Glyphs) -> tuple[Content, Content, Content]:
    """Return how many commits it would bring, how many it would take away, and how many files differ."""
    if entry.status in IDLE:
        return ink(glyphs.none, "faint"), BLANK, BLANK
    draft = entry.draft
    if draft is None or entry.status in {EntryStatus.RUNNING, EntryStatus.UNSETTLED}:
        return BLANK, BLANK, BLANK
    if is_unknown_base(draft):
        return ink("?", "warn"), BLANK, ink("?", "warn")
    role: Role = "muted" if entry.left_out else "plain"
    taken = ink(f" {glyphs.removed}{len(draft.removes)}" if draft.removes else "", "warn")
    return ink(str(len(draft.brings)), role), taken, ink(str(len(draft.files)), "muted")


def _gates(entry: ReleaseEntry, glyphs: Glyphs) -> Content:
    gates = entry.draft.gates if entry.draft else ()
    closed = [gate for gate in gates if not gate.passed]
    told: dict[EntryStatus, Content] = {
        EntryStatus.READING: ink("not read" if entry.is_unreadable else "reading", "faint"),
        EntryStatus.SAME: ink("same", "muted"),
        EntryStatus.NOTHING: ink("nothing to promote", "muted"),
        EntryStatus.AHEAD: ink(f"{glyphs.ahead} {len(entry.draft.removes) if entry.draft else 0} ahead", "warn"),
        EntryStatus.RUNNING: line(ink(glyphs.running(), "live"), ink(" deploying", "live")),
        EntryStatus.UNSETTLED: ink(f"{glyphs.unknown} reconcile", "warn"),
        EntryStatus.GO: line(ink(glyphs.passed, "good"), ink(f" {len(gates)} pass", "plain")),
        EntryStatus.CLOSED: ink(
            f"{glyphs.failed} {closed[0].name if len(closed) == 1 else f'{len(closed)} blocked'}", "warn"
        )
        if closed
        else BLANK,
        EntryStatus.TROUBLE: ink(f"{glyphs.failed} {entry.error.cause if entry.error else ''}", "bad"),
    }
    login = entry.view is not None and isinstance(entry.view.cell, Unreachable) and entry.view.cell.login
    return told.get(entry.status, ink(f"{glyphs.unknown} {'login' if login else 'unread'}", "warn"))


def left_out_words(release: ReleaseDraft) -> str:
    """Return `not part of it: identity, payments`; empty where everything is."""
    names = [entry.service for entry in release.left_out]
    return f"not part of it: {', '.join(names)}" if names else ""
