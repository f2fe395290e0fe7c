"""What a promotion that could be begun waits for: approvals, ticks, or only for somebody to begin it."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.gates.approvals import Tally, counts_for, tally_approvals
from promote_tui.core.gates.blocked_gates import gates_to_resolve
from promote_tui.core.gates.decisions import Decision, approvals_by_person, ticks_by_item
from promote_tui.core.gates.model import GateResult
from promote_tui.core.inbox.item import InboxItem
from promote_tui.core.model.pipeline import Commit, Stage
from promote_tui.core.text import short
from promote_tui.core.value import Moment, Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from promote_tui.core.inbox.item import Viewer


class PendingPromotion(Value):
    """A commit that could be promoted to a stage which asks for approvals, ticks or a soak.

    `gates` are those of its draft, `decisions` those about this very code, oldest first. `verified_at` is since when it
    counts as verified in the stage before (None: not known). `people` are the service's owners and the authors of what
    it brings.
    """

    service: str
    stage: Stage
    commit: Commit
    gates: tuple[GateResult, ...] = ()
    decisions: tuple[Decision, ...] = ()
    verified_at: Moment | None = None
    people: tuple[str, ...] = ()

    @property
    def arguments(self) -> str:
        """The arguments of a command about it."""
        return f"{self.service} --to {self.stage.name} --commit {short(self.commit.sha)}"

    def missing_approvals(self, promoter: str, viewer: Viewer) -> Tally | None:
        """Return the approvals so far where more are needed and the viewer can give one; None where not.

        `promoter` is the person whose own does not count (empty: not known yet).
        """
        rule = self.stage.rules.approvals
        if rule is None or viewer.person == promoter or not counts_for(rule, viewer.person, viewer.who):
            return None
        found = tally_approvals(rule, self.decisions, self.stage.name, promoter, viewer.trusted)
        given = viewer.person in approvals_by_person(self.decisions, self.stage.name, viewer.trusted)
        return None if found.is_enough or given else found

    def missing_ticks(self) -> tuple[str, ...]:
        """Return the items of the checklist that are not ticked for this code."""
        ticked = ticks_by_item(self.decisions, self.stage.name)
        return tuple(item for item in self.stage.rules.checklist if item not in ticked)

    def open_since(self, now: datetime) -> datetime | None:
        """Return when its soak ended; None where it has not, or where something else is in the way."""
        soak = timedelta(seconds=self.stage.rules.soak)
        if not soak or self.verified_at is None or not all(gate.passed for gate in self.gates):
            return None
        return self.verified_at + soak if self.verified_at + soak <= now else None


def promotion_items(pending: PendingPromotion, viewer: Viewer, now: datetime) -> Iterator[InboxItem]:
    """Yield what the promotion waits for; nothing where only another commit could be promoted."""
    if any(gate.opened_by == "another commit" for gate in gates_to_resolve(pending.gates)):
        return
    named = f"{short(pending.commit.sha)} {pending.commit.subject}"
    about = InboxItem("approval", (pending.service,), pending.stage.name, "", "", pending.verified_at)
    about = replace(
        about, is_mine=viewer.is_named(pending.people), commit=pending.commit.sha, subject=pending.commit.subject
    )
    tally = pending.missing_approvals("", viewer)
    if tally is not None:
        command = f"promote-tui approve {pending.arguments}"
        yield replace(about, words=f"{named}: {tally.count_words}", command=command)
    for entry in pending.missing_ticks():
        command = f"promote-tui check {shlex.quote(entry)} {pending.arguments}"
        yield replace(about, kind="tick", words=f"{entry}, for {named}", command=command, entry=entry)
    open_since = pending.open_since(now)
    if open_since is not None:
        words = f"{named}: verified {span(now - (pending.verified_at or now))} ago; every gate passes"
        command = f"promote-tui promote {pending.arguments}"
        yield replace(about, kind="soak", words=words, command=command, since=open_since)
