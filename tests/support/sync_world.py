"""A world that sync works in: what it decided, in short, and who looks on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.sync.decision import name
from promote_tui.core.value import replace
from promote_tui.engine.sync.execution import SyncRequest
from promote_tui.engine.sync.selection import SyncSelection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.planning.plan import Plan
    from promote_tui.core.sync.item import SyncItem
    from tests.support.aliases import Argument
    from tests.support.engine_world import World

EVERYTHING = SyncSelection()


@dataclass
class Onlooker:
    """Hears what a sync does."""

    begun: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    reviewed: list[str] = field(default_factory=list)

    def begin(self, item: SyncItem) -> None:
        self.begun.append(f"{item.service} {item.stage} {item.commit.short if item.commit else ''}")

    def step(self, words: str) -> None:
        self.steps.append(words)

    def review(self, plan: Plan) -> None:
        self.reviewed.append(plan.draft.commit.sha)

    def follow(self, run: str) -> None:
        self.followed.append(run)

    def settle(self, item: SyncItem) -> None:
        self.steps.append(f"{item.service} {item.stage} {name(item.decision)}")


def change_stage(world: World, stage: str, **changes: Argument) -> None:
    """Let a stage of the configuration be another one."""
    stages = tuple(replace(each, **changes) if each.name == stage else each for each in world.pipeline.stages)
    world.pipeline = replace(world.pipeline, stages=stages)


def check(world: World, wanted: SyncSelection = EVERYTHING) -> tuple[SyncItem, ...]:
    """Return what is due, without deploying it."""
    unfetched, _ = world.engine.sync.fetch(wanted)
    return world.engine.sync.read(wanted, unfetched)


def sync(world: World, wanted: SyncRequest | None = None, onlooker: Onlooker | None = None) -> tuple[SyncItem, ...]:
    """Sync, and return what became of everything."""
    request = wanted or SyncRequest(EVERYTHING)
    unfetched: Mapping[str, PromoteError] = world.engine.sync.fetch(request.selection)[0]
    return world.engine.sync.execute(request, onlooker or Onlooker(), unfetched)


def words(items: tuple[SyncItem, ...]) -> list[str]:
    """Return what was decided of each, in short."""
    return [f"{item.service} {item.stage} {name(item.decision)}" for item in items]
