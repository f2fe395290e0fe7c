"""The service under the cursor of a release, beside the waves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.blocked_gates import put_blocked_gates_first
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.text import advice, plural
from promote_tui.tui.presentation.lines import gate_line, head
from promote_tui.tui.presentation.release.issues import join_names
from promote_tui.tui.presentation.release.model import EntryStatus, ReleaseDraft, ReleaseEntry
from promote_tui.tui.presentation.style import BLANK, fit, ink, line, spread, wrap

if TYPE_CHECKING:
    from textual.content import Content


def side_lines(release: ReleaseDraft, entry: ReleaseEntry | None, width: int, height: int) -> list[Content]:
    """Return the service under the cursor for the side of a wide screen: what it would bring, and its gates."""
    if entry is None:
        return []
    needs = release.needs[entry.service]
    lines = [
        spread(ink(entry.service, "strong"), ink(f"after {join_names(needs, 2)}" if needs else "", "muted"), width),
        BLANK,
    ]
    draft = entry.draft
    if draft is None or entry.status in {
        EntryStatus.SAME,
        EntryStatus.AHEAD,
        EntryStatus.RUNNING,
        EntryStatus.UNSETTLED,
        EntryStatus.UNREAD,
    }:
        return [*lines, *wrap(_why(release, entry), width)]
    room = max(2, height - len(draft.gates) - 12)
    for label, commits, role in (("would remove", draft.removes, "warn"), ("would deploy", draft.brings, "plain")):
        if commits:
            subjects = [fit(line(ink(it.short, role), "  ", ink(it.subject)), width) for it in commits[:room]]  # type: ignore[arg-type]
            more = [ink(f"and {plural(len(commits) - room, 'more commit')}", "muted")] if commits[room:] else []
            lines += [head(label), *subjects, *more, BLANK]
    lines.append(head(f"gates to {entry.stage}"))
    for gate in put_blocked_gates_first(draft.gates):
        lines += wrap(gate_line(gate, release.glyphs, 15), width, 15)
    return lines


def _why(release: ReleaseDraft, entry: ReleaseEntry) -> Content:
    cell = entry.view.cell if entry.view else None
    if isinstance(cell, Unreachable):
        remedy = f"{release.key('app.login')} logs in" if cell.login else cell.remedy
        return ink(advice(cell.reason, remedy), "warn")
    if entry.error is not None:
        return ink(entry.error.cause, "muted" if entry.status is EntryStatus.NOTHING else "bad")
    if entry.status is EntryStatus.SAME:
        return ink(f"{entry.stage} already runs this code", "muted")
    if entry.status is EntryStatus.AHEAD and entry.draft is not None:
        more = plural(len(entry.draft.removes), "commit")
        return ink(
            f"{entry.stage} has {more} that {entry.draft.commit.short} lacks; a release leaves it as it is", "muted"
        )
    if entry.status in {EntryStatus.RUNNING, EntryStatus.UNSETTLED}:
        lost = entry.view.unsettled if entry.view else ""
        return ink(lost or "a deploy is running here", "warn" if lost else "live")
    return ink("the deployed commit is unknown" if entry.is_unreadable else "reading what would be promoted", "muted")
