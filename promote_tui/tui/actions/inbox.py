"""What is done about the items of an inbox: several signed off with one reason, or the place opened that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.gates.possible_decisions import PossibleDecision
from promote_tui.core.text import plural
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.tui.actions import navigation
from promote_tui.tui.actions.decisions import DecisionActions
from promote_tui.tui.actions.stage_holds import StageHold, StageHolds
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords
from promote_tui.tui.registry import ShowRelease

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.gates.decisions import DecisionKind
    from promote_tui.core.inbox.item import InboxItem
    from promote_tui.engine.decision_batch import DecisionBatch
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.host import Host
    from promote_tui.tui.presentation.inbox import SignKind

_LISTED = 6
_DEEDS: dict[SignKind, ReasonWords] = {
    "approval": ReasonWords("Approve", "approves"),
    "tick": ReasonWords("Tick", "ticks"),
}


class InboxActions:
    """Signs off and opens what waits."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def sign_off(self, kind: SignKind, items: Sequence[InboxItem]) -> None:
        """Ask once why, then record the decision about each of these items, all of one kind."""
        deed, host = _DEEDS[kind], self._host
        named = [f"{item.about}: {item.words}" for item in items]
        more = [f"and {len(named) - _LISTED} more"] if len(named) > _LISTED else []
        words = (f"{deed.button} {plural(len(items), 'item')} with one reason:", *named[:_LISTED], *more)
        asked = ReasonDialog("Inbox", words, needed=kind == "approval", deed=deed)
        host.push_screen(asked, lambda reason: None if reason is None else self._sign(kind, items, reason))

    def _sign(self, kind: SignKind, items: Sequence[InboxItem], reason: str) -> None:
        engine = self._host.the_engine
        self._host.background.run(self._host, lambda: [*_sign_all(engine, kind, items, reason)], self._signed)

    def _signed(self, batches: Sequence[DecisionBatch | PromoteError]) -> None:
        """Say what was written and what was not, and read again what depends on it."""
        for batch in batches:
            if isinstance(batch, PromoteError):
                self._host.say_trouble(batch)
                continue
            self._host.say(batch.words, failed=bool(batch.failed))
            for service in dict.fromkeys(made.service for made in batch.written):
                self._host.drafts.refresh_service(service)
        self._host.inbox.read_again()

    def open(self, item: InboxItem) -> None:
        """Open the place where it is decided."""
        host, decisions = self._host, DecisionActions(self._host)
        key = (item.services[0], item.stage) if item.services else None
        if item.release:
            host.push_screen(ShowRelease(item.release).open())
        elif key is None or item.kind == "unread":
            host.say(f"{item.words}; {item.command}", failed=True)
        elif item.kind == "hold" and len(item.services) > 1:
            StageHolds(host).ask(StageHold("unhold", item.stage))
        elif item.kind in {"hold", "external"}:
            decisions.choose(PossibleDecision("lift" if item.kind == "hold" else "adopt"), key, None)
        elif item.kind == "hotfix":
            host.push_screen(navigation.commits_screen(*key, commit=item.commit))
        else:
            host.push_screen(navigation.review_screen(key, revision=item.commit))


def _sign_all(
    engine: Engine, kind: SignKind, items: Sequence[InboxItem], reason: str
) -> Iterator[DecisionBatch | PromoteError]:
    """Yield what became of the items: those of services at once, each release by itself."""
    decision: DecisionKind = "approve" if kind == "approval" else "check"
    wanted = [
        DecisionRequest(decision, item.services[0], item.stage, item.commit, reason, item.entry)
        for item in items
        if not item.release
    ]
    try:
        if wanted:
            yield engine.decisions.record_all(decision, wanted)
    except PromoteError as error:
        yield error
    for item in items:
        try:
            if item.release and kind == "approval":
                yield engine.releases.approve(item.release, reason)
            elif item.release:
                yield engine.releases.check(item.release, item.entry, reason)
        except PromoteError as error:
            yield error
