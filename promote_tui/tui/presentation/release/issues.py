"""What is missing before a release can begin, and what should be known before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.gates.blocked_gates import sort_blocked_gates
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.text import plural
from promote_tui.tui.presentation.next_steps import error_words
from promote_tui.tui.presentation.release.model import EntryStatus, ReleaseDraft
from promote_tui.tui.presentation.review.facts import is_unknown_base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.tui.presentation.style import Role


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is missing, or to be known: its sign, in words, and the next key with what it does."""

    sign: str
    role: Role
    words: str
    keys: tuple[tuple[str, str], ...] = ()


def find_blockers(release: ReleaseDraft) -> list[Issue]:
    """Return why the release cannot begin, one thing each; empty where it can."""
    if release.trouble is not None:
        why = error_words(release.trouble, release.key)
        return [Issue(release.glyphs.failed, "bad", why, ((release.key("releases.refresh"), "tries again"),))]
    found = [*_running(release), *_closed(release), *_troubled(release), *_unread(release)]
    reading = [
        entry for entry in release.entries.values() if entry.status is EntryStatus.READING and not entry.left_out
    ]
    if reading:
        words = f"reading what would be promoted: {len(reading)} of {plural(len(release.entries), 'service')} to go"
        found.append(Issue(release.glyphs.loading, "muted", words))
    if not release.included and not reading:
        found.append(_empty(release))
    if release.read_only:
        found.append(Issue(release.glyphs.attention, "warn", "started with --read-only: nothing is deployed from here"))
    return found


def find_obstacles(release: ReleaseDraft) -> list[Issue]:
    """Return why the release cannot even be planned; gates that are blocked are opened once it is."""
    return [issue for issue in find_blockers(release) if release.trouble is not None or release.read_only]


def _running(release: ReleaseDraft) -> list[Issue]:
    running = release.with_status(EntryStatus.RUNNING)
    watch = ((release.key("app.runs"), "watches"),)
    names = join_names([entry.service for entry in running], 3)
    words = f"{release.stage.name} is being deployed to: {names}"
    found = [Issue(release.glyphs.running(), "live", words, watch)] if running else []
    lost = release.with_status(EntryStatus.UNSETTLED)
    words = f"unknown verdict of the last run: {join_names([entry.service for entry in lost], 3)}"
    opens = ((release.key("app.runs"), "opens the run to reconcile it"),)
    return [*found, Issue(release.glyphs.unknown, "warn", words, opens)] if lost else found


def _closed(release: ReleaseDraft) -> list[Issue]:
    out = (release.key("releases.mark"), "leaves it out")
    found = []
    for entry in release.with_status(EntryStatus.CLOSED):
        gate = sort_blocked_gates(entry.draft.gates)[0] if entry.draft else None
        reason = gate.reason if gate else ""
        found.append(Issue(release.glyphs.failed, "warn", f"{entry.service}: {reason}", (out,)))
    return found


def _troubled(release: ReleaseDraft) -> list[Issue]:
    again = (release.key("releases.refresh"), "reads again")
    return [
        Issue(release.glyphs.failed, "bad", f"{entry.service}: {entry.error.cause}", (again,))
        for entry in release.with_status(EntryStatus.TROUBLE)
        if entry.error
    ]


def _unread(release: ReleaseDraft) -> list[Issue]:
    by_reason: dict[tuple[str, bool], list[str]] = {}
    for entry in release.with_status(EntryStatus.UNREAD):
        cell = entry.view.cell if entry.view else None
        if isinstance(cell, Unreachable):
            by_reason.setdefault((cell.reason, cell.login), []).append(entry.service)
    found = []
    for (reason, login), names in by_reason.items():
        who = names[0] if len(names) == 1 else plural(len(names), "service")
        key = (release.key("app.login"), "logs in") if login else (release.key("releases.refresh"), "reads again")
        found.append(Issue(release.glyphs.unknown, "warn", f"{who} could not be read: {reason}", (key,)))
    return found


def _empty(release: ReleaseDraft) -> Issue:
    if release.left_out:
        words = "every service with waiting commits is left out"
        return Issue(release.glyphs.never, "muted", words, ((release.key("releases.mark"), "includes one"),))
    way = "releases.earlier" if release.stage.after else "releases.later"
    other = ((release.key(way), "chooses another stage"),)
    return Issue(release.glyphs.never, "muted", f"nothing is waiting for {release.stage.name}", other)


def find_notices(release: ReleaseDraft) -> list[Issue]:
    """Return what does not keep the release from beginning, but should be known before."""
    found = []
    if release.stale is not None:
        words = f"not read again: {release.stale.subject}: {release.stale.cause}"
        again = ((release.key("releases.refresh"), "tries again"),)
        found.append(Issue(release.glyphs.attention, "warn", words, again))
    for entry in release.included:
        draft = entry.draft
        if draft is not None and draft.removes:
            who = ", ".join(dict.fromkeys(commit.author for commit in draft.removes[:20]))
            words = f"{entry.service} would remove {plural(len(draft.removes), 'commit')} by {who}"
            found.append(Issue(release.glyphs.attention, "warn", words, ((release.key("releases.diff"), "shows it"),)))
        elif draft is not None and is_unknown_base(draft):
            words = f"{entry.service}: the changes are unknown"
            found.append(Issue(release.glyphs.attention, "warn", words, ((release.key("rows.choose"), "opens it"),)))
    return [*found, *_not_before(release)]


def _not_before(release: ReleaseDraft) -> list[Issue]:
    out = {entry.service for entry in release.left_out}
    takes = ((release.key("releases.mark"), "includes it"),)
    pairs = [
        (entry.service, need) for entry in release.included for need in release.needs[entry.service] if need in out
    ]
    return [
        Issue(release.glyphs.attention, "warn", f"{name} depends on {need}, which is left out", takes)
        for name, need in pairs
    ]


def join_names(names: Sequence[str], most: int) -> str:
    """Return `billing, orders and catalog`; more than `most` are counted."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
