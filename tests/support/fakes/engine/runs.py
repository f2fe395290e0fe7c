"""The facade `runs`, answered from a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.model.cells import Deployed, Never
from promote_tui.core.planning.next_stage import NextStage
from promote_tui.core.runs.coverage import CoverageContext, describe_gaps
from promote_tui.core.runs.dora import Metrics, measure
from promote_tui.core.runs.events import (
    CancelRequested,
    Released,
)
from promote_tui.core.runs.run import Run
from promote_tui.core.runs.unsettled_runs import with_known_outcome
from promote_tui.core.value import replace
from promote_tui.engine.api.runs import Runs
from promote_tui.engine.process_log import log
from promote_tui.engine.runs.details import StackNews
from promote_tui.ports import Recorded, RunFilter, RunPage
from tests.support.fakes import world
from tests.support.fakes.engine.events import planned, story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from promote_tui.core.matrix import Snapshot
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.planning.plan import ApprovedPlan
    from promote_tui.core.runs.typical_duration import TypicalDuration
    from tests.support.fakes.engine.tape import Tape


class FakeRuns(Runs):
    """The public methods of Runs, answered from the script."""

    _tape: Tape

    def __init__(self, tape: Tape) -> None:
        object.__setattr__(self, "_tape", tape)

    def start(self, approved: ApprovedPlan, run: str = "") -> str:
        self._tape.call("runs.start", approved)
        run = f"run-{len(self._tape.ledger) + 1:04d}"
        self._tape.append(run, planned(run, approved.plan, self._tape.clock.now()))
        if self._tape.script.outcome is not None:
            for event in story(self._tape.planned(run), self._tape.script.outcome):
                self._tape.append(run, event)
        return run

    def cancel(self, run: str) -> str:
        self._tape.call("runs.cancel", run)
        found = self.find(run)
        self._tape.append(run, CancelRequested(self._tape.clock.now(), "ana", found.submitted))
        return "the update is cancelled; CloudFormation rolls it back" if found.submitted else "stops before the deploy"

    def follow(self, run: str, after: int = 0, say: Callable[[str], None] = log) -> Iterator[Recorded]:
        self._tape.call("runs.follow", run, after)
        while True:
            with self._tape.news:
                fresh = [Recorded(seq, event) for seq, event in enumerate(self._tape.ledger[run], 1) if seq > after]
                if not fresh:
                    self._tape.news.wait(0.05)
            for recorded in fresh:
                after = recorded.seq
                yield recorded
                if isinstance(recorded.event, Released):
                    return

    def page(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        self._tape.call("runs.page", wanted, cursor, limit)
        every = [run for run in self._tape.runs() if _fits(run, wanted)]
        start = int(cursor or 0)
        page = tuple(every[start : start + limit])
        page = tuple(with_known_outcome(run, alive=run.id not in self._tape.script.dead) for run in page)
        return RunPage(page, str(start + limit) if start + limit < len(every) else None)

    def find(self, name: str) -> Run:
        self._tape.call("runs.find", name)
        found = [run for run in self._tape.runs() if run.id.startswith(name)]
        if len(found) != 1:
            raise UsageError(name, "no such run" if not found else "more than one run", "see promote-tui runs")
        return found[0]

    def unfinished(self) -> tuple[Run, ...]:
        self._tape.call("runs.unfinished")
        live = (run for run in self._tape.runs() if run.live)
        return tuple(with_known_outcome(run, alive=run.id not in self._tape.script.dead) for run in live)

    def is_alive(self, run: Run) -> bool:
        self._tape.call("runs.is_alive", run.id)
        return run.live and run.id not in self._tape.script.dead

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        self._tape.call("runs.events", run, after)
        with self._tape.news:
            return tuple(
                Recorded(seq, event) for seq, event in enumerate(self._tape.ledger.get(run, []), 1) if seq > after
            )

    def stack_events(self, run: Run, after: StackEvent | None = None) -> StackNews:
        try:
            self._tape.call("runs.stack_events", run.id, after.id if after else None)
        except PromoteError as error:
            return StackNews(trouble=error.cause)
        found = self._tape.script.stack_events.get(run.id, [])
        return StackNews(tuple(found[found.index(after) + 1 :] if after in found else found))

    def log_file(self, run: str) -> Path:
        return self._tape.folder / f"{run}.log"

    def typical_duration(self, run: Run) -> TypicalDuration | None:
        self._tape.call("runs.typical_duration", run.id)
        return self._tape.script.usual

    def next_stage(self, run: Run) -> NextStage | None:
        self._tape.call("runs.next_stage", run.id)
        following = next((stage for stage in self._tape.pipeline.stages if stage.after == run.stage), None)
        if following is None:
            return None
        return self._tape.script.onward or NextStage(following.name, run.to_commit, following.branches, "main")

    def reconcile(self, run: str, say: Callable[[str], None] | None = None, *, gone: bool = False) -> Run | None:
        self._tape.call("runs.reconcile", run, *(["gone"] if gone else []))
        if say is not None:
            say("reading the stack")
        if self.find(run).live:
            self._tape.finish(run, "rolled_back")
        return self.find(run)

    def reconcile_abandoned(self, snapshot: Snapshot) -> tuple[Run, ...]:
        wanted = [
            view.run for view in snapshot.cells.values() if view.unsettled and view.run in self._tape.script.settles
        ]
        self._tape.call("runs.settle", *wanted)
        for run in wanted:
            self._tape.script.cells = {
                key: replace(view, run=None, run_since=None, unsettled="") if view.run == run else view
                for key, view in self._tape.script.cells.items()
            }
        return tuple(self.reconcile(run) for run in wanted if run)  # type: ignore[misc]

    def adopt(
        self,
        service: str,
        stage: str,
        reason: str,
        revision: str | None = None,
        on_step: Callable[[str], None] = lambda _step: None,
    ) -> Run:
        self._tape.call("runs.adopt", service, stage, reason, *([revision] if revision else []))
        cell = self._tape.script.cells[service, stage].cell
        on_step("packaging")
        sha = revision or (cell.commit if isinstance(cell, Deployed) else "")
        assert sha
        plan = replace(planned("a1", world.plan(world.draft(service, stage)), self._tape.clock.now()), kind="adopted")
        return Run(replace(plan, to_commit=sha, reason=reason))

    def gaps(self, runs: Sequence[Run], wanted: RunFilter, journalled: int = 0) -> tuple[str, ...]:
        self._tape.call("runs.gaps", len(runs), wanted)
        every = self._tape.runs()
        cells = [Never(world.target(run.service, run.stage)) for run in every]
        return describe_gaps(runs, CoverageContext(every, cells, wanted.since, alone=True, journalled=journalled))

    def metrics(self, services: Sequence[str], stage: str, since: datetime, until: datetime) -> Metrics:
        self._tape.call("runs.metrics", tuple(services), stage, since, until)
        return measure(self._tape.runs(), {}, since, until)


def _fits(run: Run, wanted: RunFilter) -> bool:
    pairs = (
        (wanted.service, run.service),
        (wanted.stage, run.stage),
        (wanted.key, run.planned.key),
        (wanted.status, run.status),
        (wanted.live, run.live),
        (wanted.who, run.planned.who),
        (wanted.release, run.planned.release),
    )
    since = wanted.since is None or run.started_at >= wanted.since
    until = wanted.until is None or run.started_at < wanted.until
    return since and until and all(want is None or want == have for want, have in pairs)
