"""The drifts of many services, read a few at a time, and kept until their stacks have changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.changes.stack_drift import StackDrift
from promote_tui.core.model.cells import commit_of, stack_of
from promote_tui.tui.presentation.drift.model import DriftFindings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual.message_pump import MessagePump

    from promote_tui.core.drift.commits import CommitDrift
    from promote_tui.core.drift.config import ConfigDrift
    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.state.context import AppContext

DriftKey: TypeAlias = tuple[str, tuple[object, ...]]
"""A service, and what its stacks said: their ids, when they were updated, and their commits."""
AT_ONCE = 4
"""How many services are read, and how many stacks are looked at by CloudFormation, at the same time."""


@dataclass(frozen=True, slots=True)
class ServiceDrift:
    """What is known of a service, by stage."""

    commit: Mapping[str, CommitDrift] = field(default_factory=dict)
    config: Mapping[str, ConfigDrift] = field(default_factory=dict)
    stack: Mapping[str, StackDrift] = field(default_factory=dict)
    untold: int = 0
    """Of how many stages nothing could be read."""


NOTHING = ServiceDrift()


class DriftStore:
    """What the engine has said of each service and found in each stack.

    `owner` is told of each answer by `changed`, and by `failed` why a service could not be read.
    """

    def __init__(
        self,
        app: AppContext,
        owner: MessagePump,
        changed: Callable[[], object],
        failed: Callable[[PromoteError], object],
    ) -> None:
        self._app = app
        self._owner = owner
        self._changed = changed
        self._failed = failed
        self._found: dict[str, tuple[DriftKey, ServiceDrift]] = {}
        self._reading: set[str] = set()
        self.detected: dict[CellKey, tuple[object, StackDrift]] = {}
        """What was found from here, with what the stack said before."""
        self.detecting: dict[CellKey, float | None] = {}
        """The stacks that are looked at, with the seconds so far; None: its turn has not come."""

    def of(self, service: str) -> ServiceDrift:
        """Return what is known of a service as its stacks are now; nothing where that was not read yet."""
        key, found = self._found.get(service, (("", ()), NOTHING))
        return found if key == self._key(service) else NOTHING

    def is_fresh(self, key: CellKey) -> bool:
        """Tell whether a stack was looked at from here, and has had no update since."""
        return key in self.detected and self.detected[key][0] == _mark(self._app.cells.views.get(key))

    def count_uncompared(self) -> int:
        """Return how many stages could not be compared by their templates, or at all."""
        every = [found for _key, found in self._found.values()]
        return sum(bool(each.unknown) for found in every for each in found.config.values()) + sum(
            found.untold for found in every
        )

    def findings(self) -> DriftFindings:
        """Return what is known of all cells, as their stacks are now."""
        found = {service.name: self.of(service.name) for service in self._app.pipeline.services}
        looked_at = {key: drift for key, (_mark, drift) in self.detected.items() if self.is_fresh(key)}
        return DriftFindings(
            lambda key: found[key[0]].commit.get(key[1]),
            lambda key: found[key[0]].config.get(key[1]),
            lambda key: looked_at.get(key) or found[key[0]].stack.get(key[1]),
            self.detecting,
            looked_at,
        )

    def read(self, services: Iterable[str]) -> None:
        """Begin to read what is missing, in this order, as long as there is room."""
        for service in services:
            if len(self._reading) >= AT_ONCE:
                return
            if service not in self._reading and self._missing(service):
                self._ask(service)

    def progress(self) -> tuple[int, int]:
        """Return how many services were read, of how many."""
        names = [service.name for service in self._app.pipeline.services]
        return sum(not self._missing(name) for name in names), len(names)

    def _missing(self, service: str) -> bool:
        return self._found.get(service, (None, None))[0] != self._key(service)

    def _views(self, service: str) -> dict[str, CellView]:
        views = ((stage.name, self._app.cells.views.get((service, stage.name))) for stage in self._app.pipeline.stages)
        return {stage: view for stage, view in views if view is not None}

    def _key(self, service: str) -> DriftKey:
        return service, tuple((stage, _mark(view)) for stage, view in self._views(service).items())

    def _ask(self, service: str) -> None:
        engine, key, views = self._app.the_engine, self._key(service), self._views(service)
        self._reading.add(service)

        self._app.background.run(
            self._owner,
            lambda: _read(engine, service, views),
            lambda found: self._take(key, found),
            lambda error: self._not_read(key, error),
        )

    def _take(self, key: DriftKey, found: ServiceDrift) -> None:
        """Keep an answer, filed under what the stacks said when it was asked for."""
        service = key[0]
        self._reading.discard(service)
        self._found[service] = (key, found)
        self._changed()

    def _not_read(self, key: DriftKey, error: PromoteError) -> None:
        """Keep that nothing is known of a service's stages, and say why."""
        self._failed(error)
        self._take(key, ServiceDrift(untold=len(key[1])))

    def detect(self, keys: Iterable[CellKey]) -> None:
        """Let CloudFormation look at these stacks, a few at a time."""
        for key in keys:
            self.detecting.setdefault(key, None)
        self._next()

    def _next(self) -> None:
        running = sum(seconds is not None for seconds in self.detecting.values())
        waiting = [key for key, seconds in self.detecting.items() if seconds is None]
        for key in waiting[: max(0, AT_ONCE - running)]:
            self._detect(key)

    def _detect(self, key: CellKey) -> None:
        view, engine, owner = self._app.cells.views.get(key), self._app.the_engine, self._owner
        stack = stack_of(view.cell) if view else None
        if view is None or stack is None:
            del self.detecting[key]
            return
        self.detecting[key] = 0.0
        target = view.cell.target

        def hear(seconds: float) -> None:
            owner.call_later(self._awaited, key, seconds)

        self._app.background.run(
            owner,
            lambda: engine.drift.detect(target, stack.id, hear),
            lambda found: self._detected(key, found),
            lambda error: self._detected(key, StackDrift(unknown=error.cause)),
        )

    def _awaited(self, key: CellKey, seconds: float) -> None:
        """Note for how long a detection goes on."""
        if key in self.detecting:
            self.detecting[key] = seconds
        self._changed()

    def _detected(self, key: CellKey, found: StackDrift) -> None:
        """Keep what was found, and go on to the next stack."""
        self.detecting.pop(key, None)
        self.detected[key] = (_mark(self._app.cells.views.get(key)), found)
        self._next()
        self._changed()


def _read(engine: Engine, service: str, views: Mapping[str, CellView]) -> ServiceDrift:
    cells = {stage: view.cell for stage, view in views.items()}
    stacks = {stage: (cell.target, stack) for stage, cell in cells.items() if (stack := stack_of(cell)) is not None}
    return ServiceDrift(
        engine.drift.of_commits(service, cells),
        engine.drift.of_config(service, cells),
        {stage: engine.drift.of_stack(target, stack.id) for stage, (target, stack) in stacks.items()},
    )


def _mark(view: CellView | None) -> object:
    """Return what a cell's stack said: while that stays, so does everything that was read of it."""
    stack = stack_of(view.cell) if view else None
    return (stack.id, stack.updated_at, stack.status_name, commit_of(view.cell)) if view and stack else None
