"""An engine that answers from a script: what the faces are tested against.

Everything that it answers is an attribute that a test may change at any time. Each call is written
to `calls`. `errors["plans.make"] = Refused(...)` makes that method fail; `holds["plans.make"] = threading.Event()`
makes it wait. A run that is started gets the events of `outcome`; with `outcome = None` the test
writes them itself with `append`.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from promote_tui.adapters.serverless.facts import FACTS
from promote_tui.core.errors import CredentialsError
from promote_tui.core.inbox.item import sort_items
from promote_tui.core.login import LoginNeed
from promote_tui.core.matrix import CellView, Snapshot
from promote_tui.engine.api.record import Record
from promote_tui.engine.engine import Engine
from promote_tui.engine.history import RecordSource
from tests.support.fakes import world
from tests.support.fakes.engine.commits import FakeCommits
from tests.support.fakes.engine.decisions import FakeDecisions
from tests.support.fakes.engine.descriptions import FakeDescriptions
from tests.support.fakes.engine.drift import FakeDrift
from tests.support.fakes.engine.events import Outcome, opening, planned, story
from tests.support.fakes.engine.plans import FakePlans
from tests.support.fakes.engine.previews import FakePreviews
from tests.support.fakes.engine.releases import FakeReleases
from tests.support.fakes.engine.runs import FakeRuns
from tests.support.fakes.engine.tape import FixedClock, Script, Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.inbox.item import Inbox, InboxItem
    from promote_tui.core.model.cells import Cell, CellKey
    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.releases.events import ReleaseEvent
    from promote_tui.core.releases.release import Release
    from promote_tui.core.runs.events import (
        Event,
        Planned,
    )
    from promote_tui.core.runs.notices import Notice
    from promote_tui.ports import ToolCheck

__all__ = ["FakeEngine", "FixedClock", "Outcome", "opening", "planned", "story"]


class FakeEngine(Engine):
    """The engine's public methods, answered from `script`."""

    _tape: Tape

    def __init__(self, pipeline: Pipeline | None = None, folder: Path | None = None) -> None:
        tape = Tape(pipeline or world.pipeline(), folder or Path(gettempdir()) / "promote-tui-fake")
        object.__setattr__(self, "_tape", tape)

    def keep_logs_in(self, folder: Path) -> None:
        """Keep the logs of runs where no other test has them open."""
        self._tape.folder = folder

    @property
    def pipeline(self) -> Pipeline:
        return self._tape.pipeline

    def configure(self, pipeline: Pipeline) -> None:
        """Let another configuration apply."""
        self._tape.pipeline = pipeline

    @property
    def deployer(self) -> DeployerFacts:
        return FACTS

    @property
    def clock(self) -> FixedClock:
        return self._tape.clock

    @property
    def time(self) -> FixedClock:
        """The clock, to be moved."""
        return self._tape.clock

    @property
    def script(self) -> Script:
        """What is answered."""
        return self._tape.script

    @property
    def calls(self) -> list[tuple[object, ...]]:
        """What was called with what, in order."""
        return self._tape.calls

    @property
    def announced(self) -> list[Decision | Notice]:
        """The decisions and the drift that channels were told of."""
        return self._tape.announced

    @property
    def discarded(self) -> list[str]:
        """The plans that were discarded."""
        return self._tape.discarded

    @property
    def ledger(self) -> dict[str, list[Event]]:
        """The events of each run."""
        return self._tape.ledger

    @property
    def folder(self) -> Path:
        """Where logs are."""
        return self._tape.folder

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._tape.folder = folder

    @property
    def commits(self) -> FakeCommits:
        return FakeCommits(self._tape)

    @property
    def plans(self) -> FakePlans:
        return FakePlans(self._tape)

    @property
    def decisions(self) -> FakeDecisions:
        return FakeDecisions(self._tape)

    @property
    def runs(self) -> FakeRuns:
        return FakeRuns(self._tape)

    @property
    def releases(self) -> FakeReleases:
        return FakeReleases(self._tape)

    @property
    def descriptions(self) -> FakeDescriptions:
        return FakeDescriptions(self._tape)

    @property
    def previews(self) -> FakePreviews:
        return FakePreviews(self._tape)

    @property
    def record(self) -> Record:
        """The real one, over the ledger of the script: what it answers is decided in the core."""
        script = self._tape.script
        return Record(RecordSource(self.pipeline, script.record, self._tape.clock, FACTS, lambda: script.graph))

    @property
    def drift(self) -> FakeDrift:
        return FakeDrift(self._tape)

    def write_release(self, name: str, *events: ReleaseEvent) -> Release:
        """Write events into a release, as its process would, and return it."""
        return self._tape.write_release(name, *events)

    def forget_review(self, name: str, service: str) -> None:
        """Let the planning of a release have been interrupted before it reviewed this service."""
        self._tape.forget_review(name, service)
        self.calls.clear()

    def called(self, method: str) -> list[tuple[object, ...]]:
        """Return what the method was called with, call by call."""
        return self._tape.called(method)

    def append(self, run: str, *events: Event) -> None:
        """Write events into a run, as its runner would; a first event has to be a Planned."""
        self._tape.append(run, *events)

    def finish(self, run: str, outcome: Outcome = "succeeded") -> None:
        """Let a run go all the way from where it was planned to an end."""
        self._tape.finish(run, outcome)

    def add_run(self, run: str, plan: Plan, outcome: Outcome | None = "succeeded") -> None:
        """Add a run of the past, or one that is going on (`outcome` None)."""
        self._tape.add_run(run, plan, outcome)

    def planned(self, run: str) -> Planned:
        """Return the first event of a run."""
        return self._tape.planned(run)

    def snapshot(
        self, on_view: Callable[[CellKey, CellView], None] | None = None, services: tuple[str, ...] = ()
    ) -> Snapshot:
        self._tape.call("snapshot", services)
        wanted = {key: view for key, view in self._tape.script.cells.items() if not services or key[0] in services}
        for key, view in wanted.items():
            if on_view is not None:
                on_view(key, CellView(view.cell))
                on_view(key, view)
        return Snapshot(self._tape.clock.now(), wanted, self._tape.script.unrecorded)

    def cell(self, service: str, stage: str) -> Cell:
        self._tape.call("cell", service, stage)
        return self._tape.script.cells[service, stage].cell

    def inbox(
        self, snapshot: Snapshot | None = None, on_items: Callable[[Sequence[InboxItem]], None] | None = None
    ) -> Inbox:
        self._tape.call("inbox", snapshot is not None)
        if on_items is not None and self._tape.script.inbox:
            on_items(self._tape.script.inbox)
        return sort_items(self._tape.script.inbox)

    def logins(self, cells: Collection[CellKey]) -> tuple[LoginNeed, ...]:
        self._tape.call("logins", tuple(cells))
        keys = set(cells)
        served = [
            LoginNeed(need.login, tuple(target for target in need.targets if (target.service, target.stage) in keys))
            for need in self._tape.script.logins
        ]
        return tuple(need for need in served if need.targets)

    def give_code(self, need: LoginNeed, code: str) -> None:
        self._tape.call("give_code", need, code)
        if code != self._tape.script.code:
            raise CredentialsError("dev", "AWS rejected the MFA code of profile dev", "wait for the next code")

    def doctor(
        self,
        on_check: Callable[[ToolCheck], None] | None = None,
        services: Sequence[str] = (),
        stage: str | None = None,
    ) -> tuple[ToolCheck, ...]:
        self._tape.call("doctor", tuple(services), stage)
        for check in self._tape.script.checks:
            if on_check is not None:
                on_check(check)
        return self._tape.script.checks

    def prune(self) -> tuple[str, ...]:
        self._tape.call("prune")
        return self._tape.script.pruned
