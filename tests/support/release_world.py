"""A world of five services in three waves, each with a commit in staging that prod does not run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.value import replace
from promote_tui.engine.releases.control import ReleaseAnswer, ReleaseConfirmation
from promote_tui.engine.releases.planning import ReleaseRequest
from tests.support.engine_world import Died, World
from tests.support.pipelines import without_stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.core.releases.events import ReleaseEvent
    from promote_tui.core.releases.release import MemberState, Release
    from promote_tui.core.runs.events import Event
    from promote_tui.ports import Job

NAME = "2026-11-30"
TYPED = f"release {NAME} prod"
SHOP: Mapping[str, tuple[str, ...]] = {
    "identity": (),
    "catalog": (),
    "orders": ("catalog",),
    "billing": ("identity",),
    "web": ("orders", "billing"),
}
WAVES = (("identity", "catalog"), ("orders", "billing"), ("web",))


@dataclass
class ReleaseWorld(World):
    """Prod runs `old`, staging `new` of each service; `broken` are those whose deploy to prod fails."""

    services: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: SHOP)
    broken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.deployer.ship = self.ships_unless_broken
        self.old = {name: self.commit("old", service=name) for name in self.services}
        self.new = {name: self.commit("new", service=name) for name in self.services}
        for name in self.services:
            self.stacks.deploy(self.target("prod", name), self.old[name])
            self.stacks.deploy(self.target("staging", name), self.new[name])

    def ships_unless_broken(self, job: Job, poll: Callable[[], None]) -> int:
        """Deploy, or let CloudFormation roll it back."""
        if job.target.service in self.broken:
            self.stacks.fail(job.target, "no such key")
            return 1
        return self.ships(job, poll)

    def change_stage(self, change: Callable[[Stage], Stage], stage: str = "prod") -> None:
        """Change the configuration of a stage."""
        stages = tuple(change(each) if each.name == stage else each for each in self.pipeline.stages)
        self.pipeline = replace(self.pipeline, stages=stages)

    def remove_stage(self, name: str = "prod") -> None:
        """Take a stage out of the configuration, with all that lands there."""
        self.pipeline = without_stage(self.pipeline, name)

    def change_services(self, change: Callable[[Service], Service]) -> None:
        """Change the configuration of every service."""
        self.pipeline = replace(self.pipeline, services=tuple(map(change, self.pipeline.services)))

    def plan_release(self, *services: str, name: str = NAME, stage: str = "prod") -> Release:
        """Plan a release."""
        return self.engine.releases.plan(ReleaseRequest(name, stage, services))

    def start_release(self, typed: str = TYPED, name: str = NAME) -> Release:
        """Confirm it, have it worked on, and return it as it is then."""
        self.engine.releases.start(name, ReleaseConfirmation(typed))
        return self.release(name)

    def release(self, name: str = NAME) -> Release:
        """Return the release as it is."""
        return self.engine.releases.find(name)

    def answer(self, kind: str, *services: str, reason: str = "", typed: str = TYPED) -> Release:
        """Answer, and return the release as it is then."""
        self.engine.releases.answer(NAME, ReleaseAnswer(kind, services, reason, typed))  # type: ignore[arg-type]
        return self.release()

    def runs(self, service: str = "orders") -> int:
        """Return how often prod was deployed to, of a service."""
        return sum(job.target == self.target("prod", service) for job in self.deployer.deployed)

    def deployed(self, stage: str = "prod") -> list[str]:
        """Return the services in the order in which they were deployed."""
        return [job.target.service for job in self.deployer.deployed if job.target.stage == stage]

    def running(self, service: str) -> str:
        """Return whether prod runs the `old` or the `new` commit of a service."""
        stack = self.stacks.stack(self.target("prod", service))
        sha = dict(stack.outputs)["DeployedCommit"] if stack else ""
        return {self.old[service]: "old", self.new[service]: "new"}[sha]

    def kill_process(self, at: Callable[[ReleaseEvent], bool]) -> None:
        """Let the next process of the release die before it writes such an event."""

        def before(event: ReleaseEvent) -> None:
            if at(event):
                self.process_ledger = self.ledger
                raise Died

        self.process_ledger = self.ledger.beside(before_release_event=before)

    def kill_runner(self, at: Callable[[Event], bool]) -> None:
        """Let the next runner die before it writes such an event, and no other one beside it."""
        dying = threading.Semaphore()

        def before(event: Event) -> None:
            if at(event) and dying.acquire(blocking=False):
                self.runner_ledger = self.ledger
                raise Died

        self.runner_ledger = self.ledger.beside(before_append=before)


def states(release: Release) -> dict[str, str]:
    """Return the words of its members' states."""
    return {name: progress.state.value for name, progress in release.progress.items()}


def all_in(state: MemberState, **others: MemberState) -> dict[str, str]:
    """Return the words of states where all services but the named ones are in one."""
    return {name: others.get(name, state).value for name in SHOP}
