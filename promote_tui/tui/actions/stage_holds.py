"""Hold every service of a stage, and lift every hold on it: asks once, and says what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.text import list_first, plural
from promote_tui.engine.stage_holds import HoldRequest
from promote_tui.tui.action import NOT_OPEN
from promote_tui.tui.actions.announcing import announce
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.engine.stage_holds import HoldChange, HoldKind
    from promote_tui.tui.host import Host

_DEEDS: dict[HoldKind, ReasonWords] = {
    "hold": ReasonWords("Hold all", "holds them"),
    "unhold": ReasonWords("Lift all", "lifts them"),
}
_DONE: dict[HoldKind, str] = {"hold": "held", "unhold": "let go"}
_NOT_DONE: dict[HoldKind, str] = {"hold": "not held", "unhold": "its hold was not lifted"}


@dataclass(frozen=True, slots=True)
class StageHold:
    """Holding every service of a stage, or lifting every hold on it, in words."""

    kind: HoldKind
    stage: str

    @property
    def words(self) -> str:
        """What a list of decisions says."""
        return f"{'hold every service' if self.kind == 'hold' else 'lift every hold'} in {self.stage}"


class StageHolds:
    """Asks why, has the engine hold the services of a stage or let them go, and says what came of it."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def possible(self, stage: str) -> list[StageHold]:
        """Return what can be done about a stage as a whole: a hold is lifted where there is one."""
        lifts = [StageHold("unhold", stage)] if self._holds(stage) else []
        return [StageHold("hold", stage), *lifts]

    def ask(self, what: StageHold) -> None:
        """Ask why, once for all services."""
        if self._host.engine is None or self._host.read_only:
            self._host.say("promote-tui was started with --read-only" if self._host.engine else NOT_OPEN, failed=True)
            return
        words = f"{what.words[:1].upper()}{what.words[1:]}?"
        asked = ReasonDialog("Decide", (words, self._about(what)), needed=True, deed=_DEEDS[what.kind])
        self._host.push_screen(asked, lambda reason: self._change(what, reason) if reason else None)

    def _about(self, what: StageHold) -> str:
        """Return which services it is about, and whose holds would be lifted."""
        if what.kind == "hold":
            return list_first([service.name for service in self._host.pipeline.services])
        return list_first([f"{service} ({hold.who}: {hold.reason})" for service, hold in self._holds(what.stage)])

    def _holds(self, stage: str) -> list[tuple[str, Decision]]:
        views = self._host.cells.views.items()
        return [(service, view.hold) for (service, where), view in views if where == stage and view.hold]

    def _change(self, what: StageHold, reason: str) -> None:
        host, engine, wanted = self._host, self._host.the_engine, HoldRequest(what.kind, what.stage, reason)
        host.background.run(
            host, lambda: tuple(engine.decisions.change_holds(wanted)), lambda found: self._changed(what, found)
        )

    def _changed(self, what: StageHold, changes: Sequence[HoldChange]) -> None:
        """Name each service that failed, and count the others."""
        made = [change.service for change in changes if change.made]
        for change in changes:
            if change.error is not None:
                self._host.say(f"{change.service}: {_NOT_DONE[what.kind]}: {change.error}", failed=True)
        same = sum(change.made is None and change.error is None for change in changes)
        kept = f", {same} as before" if same else ""
        self._host.say(f"{what.stage}: {plural(len(made), 'service')} {_DONE[what.kind]}{kept}")
        announce(self._host, [change.made for change in changes if change.made])
        for service in made:
            self._host.drafts.refresh_service(service)
        self._host.refresh_cells()
