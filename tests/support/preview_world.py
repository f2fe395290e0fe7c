"""A world with previews: services whose branches may have a stage of their own, and stacks that say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.model.pipeline import PreviewSettings
from promote_tui.core.previews.names import MARK, mark_of
from promote_tui.core.previews.stage import preview_target
from promote_tui.core.value import replace
from tests.support.engine_world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.previews.outcome import PreviewOutcome
    from promote_tui.ports import Job


@dataclass
class Watching:
    """Hears what is done."""

    steps: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)

    def step(self, words: str) -> None:
        self.steps.append(words)

    def review(self, plan: Plan) -> None:
        self.steps.append(f"review {plan.draft.target}")

    def follow(self, run: str) -> None:
        self.followed.append(run)


def preview_world(folder: Path, services: Mapping[str, tuple[str, ...]], max_age: float = 0.0) -> World:
    """Return a world whose branches `feature/*` may have a preview in dev's account."""
    world = World(folder, services=services)
    world.stacks.clock = world.clock
    dev = world.pipeline.stage("dev").aws
    stacks = tuple((name, f"{name}-{{stage}}") for name in services)
    previews = PreviewSettings(("feature/*",), dev, "dev", stacks, max_age=max_age)
    world.pipeline = replace(world.pipeline, previews=previews)
    world.deployer.ship = ships(world)
    world.deployer.drop = drops(world)
    return world


def ships(world: World) -> Callable[[Job, Callable[[], None]], int]:
    """Deploy successfully, as a stack that says of which branch it is."""

    def ship(job: Job, _poll: Callable[[], None]) -> int:
        said = {MARK: mark_of(job.target.preview), "Url": f"https://{job.target.stack}.example.com"}
        world.stacks.deploy(job.target, job.commit, said)
        world.inspector.marked[job.target.stack] = said[MARK]
        return 0

    return ship


def drops(world: World) -> Callable[[Job, Callable[[], None]], int]:
    """Delete the stack."""

    def drop(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.delete(job.target)
        world.inspector.marked.pop(job.target.stack, None)
        return 0

    return drop


def where(world: World, branch: str, service: str = "orders") -> Target:
    """Return where a service lands in the preview of a branch."""
    assert world.pipeline.previews is not None
    return preview_target(world.pipeline.previews, service, branch)


def up(world: World, branch: str, *services: str) -> list[PreviewOutcome]:
    """Deploy a preview, and return what became of each service."""
    previews = world.engine.previews
    return list(previews.up(previews.select(branch, services, {}), (), Watching()))


def down(world: World, name: str, *, empties: bool = False) -> list[PreviewOutcome]:
    """Remove a preview, and return what became of each service."""
    previews = world.engine.previews
    planned = previews.plan_removal(name, {})
    return list(previews.remove(planned.with_emptied_buckets() if empties else planned, "done with", Watching()))


def words(outcomes: list[PreviewOutcome]) -> list[str]:
    """Return what became of each, in short."""
    return [f"{each.service} {each.outcome}" for each in outcomes]
