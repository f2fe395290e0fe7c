"""Which services and stages a sync looks at, by what their stages say of merges and of verified commits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.model.pipeline import Service, Stage
from promote_tui.core.sync.item import Trigger
from promote_tui.engine.context import Context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.pipeline import Target
    from promote_tui.engine.governance import Governance

_REFS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class SyncSelection:
    """What is asked of a sync: some services and stages (empty: all), or what one branch is deployed to on merge.

    `retry`: also code whose last attempt failed, or that was rolled back.
    """

    services: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    branch: str = ""
    retry: bool = False

    @property
    def branch_name(self) -> str:
        """The branch as people say it: CI systems give its full name, too."""
        return self.branch.removeprefix(_REFS)


@dataclass(frozen=True, slots=True)
class SyncTarget:
    """A service in a stage that sync looks at, under the configuration that rules it.

    `problem` is why none does: then these are those that people see, and nothing is deployed.
    """

    context: Context
    service: Service
    stage: Stage
    trigger: Trigger
    problem: PromoteError | None = None

    @property
    def before(self) -> Stage:
        """The stage that a verified commit comes from; one with `promote_on` has one."""
        return self.context.pipeline.before(self.stage) or self.stage

    @property
    def target(self) -> Target:
        """Where it lands."""
        return self.service.target(self.stage.name)


def select_targets(governance: Governance, wanted: SyncSelection) -> tuple[SyncTarget, ...]:
    """Return what sync looks at, stage by stage in the order of promotion.

    Raises UsageError for a service or a stage that is none, and where the configuration asks nothing of sync.
    """
    stages = [governance.stage(name).name for name in wanted.stages]
    services = [governance.service(name).name for name in wanted.services]
    found = tuple(_targets(governance, stages, services))
    if not found:
        where = f"stage {', '.join(stages)}" if stages else "sync"
        cause = (
            "no stage has deploy_on_merge or promote_on" if not stages else "it has no deploy_on_merge or promote_on"
        )
        raise UsageError(where, f"{cause} for these services", "set it in the configuration")
    if not wanted.branch:
        return found
    return tuple(each for each in found if wanted.branch_name in each.stage.branches_on_merge(each.service.name))


def _targets(governance: Governance, stages: list[str], services: list[str]) -> Iterator[SyncTarget]:
    for stage in governance.pipeline.stages:
        for service in governance.pipeline.services:
            if (stages and stage.name not in stages) or (services and service.name not in services):
                continue
            found = _target(governance, service.name, stage.name)
            if found is not None:
                yield found


def _target(governance: Governance, service: str, stage: str) -> SyncTarget | None:
    problem: PromoteError | None = None
    try:
        context, ruled, where = governance.governing(service, stage)
    except PromoteError as error:
        context, problem = governance.context, error
        ruled, where = governance.service(service), governance.stage(stage)
    if where.promote_on is not None:
        return SyncTarget(context, ruled, where, "verified", problem)
    return SyncTarget(context, ruled, where, "merge", problem) if where.branches_on_merge(service) else None
