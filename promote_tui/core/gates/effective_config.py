"""The configuration that applies: the committed one for stages with gates, the local file for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.model.team_rules import NONE, Rules
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.pipeline import Pipeline, Service, Stage, Target

_COMPARED = (
    "branches",
    "deploy_on_merge",
    "merged_for",
    "confirm",
    "after",
    "same_artifact",
    "release",
    "aws",
    "only",
    "promote_on",
)
"""What a stage has besides its rules."""


def has_gates(stage: Stage) -> bool:
    """Tell whether a stage asks for more than every promotion does."""
    asks = stage.rules != NONE or stage.same_artifact != "warn" or stage.release.between_waves == "ask"
    return asks or stage.only is not None or stage.promote_on is not None


def governed_stages(committed: Pipeline) -> frozenset[str]:
    """Return the names of the stages that the committed configuration rules."""
    return frozenset(stage.name for stage in committed.stages if has_gates(stage))


def effective_pipeline(here: Pipeline, committed: Pipeline) -> Pipeline:
    """Return what people see: the local file, with the governed stages as the committed one has them."""
    names = governed_stages(committed)
    stages = tuple(committed.stage(stage.name) if stage.name in names else stage for stage in here.stages)
    services = tuple(_service(service, committed, names) for service in here.services)
    return replace(here, stages=stages, services=services, trusted_roles=committed.trusted_roles)


def _service(service: Service, committed: Pipeline, names: frozenset[str]) -> Service:
    theirs = next((each for each in committed.services if each.name == service.name), None)
    if theirs is None:
        return service
    targets = tuple(
        theirs.target(target.stage) if target.stage in names and _has(theirs, target.stage) else target
        for target in service.targets
    )
    return replace(service, targets=targets)


def _has(service: Service, stage: str) -> bool:
    return any(target.stage == stage for target in service.targets)


def governed_stage_of_stack(target: Target, committed: Pipeline) -> str | None:
    """Return the governed stage that deploys into the stack of another stage's target; None where none does."""
    names = governed_stages(committed)
    for service in committed.services:
        for theirs in service.targets:
            if theirs.stage in names and theirs.stage != target.stage and theirs.key == target.key:
                return theirs.stage
    return None


def describe_differences(here: Pipeline, committed: Pipeline) -> tuple[str, ...]:
    """Return in words where the local file differs from what rules the governed stages."""
    names = governed_stages(committed)
    found = [words for stage in committed.stages if stage.name in names for words in _of_stage(stage, here)]
    own = {stage.name for stage in here.stages if has_gates(stage)} - names
    found += [f"{name} has gates only here, which apply too" for name in sorted(own)]
    if here.trusted_roles != committed.trusted_roles:
        found.append("trusted_roles")
    return tuple(dict.fromkeys([*found, *_of_services(here, committed, names)]))


def _of_stage(stage: Stage, here: Pipeline) -> Iterator[str]:
    mine = next((each for each in here.stages if each.name == stage.name), None)
    if mine is None:
        yield f"{stage.name} is missing"
        return
    yield from (f"{stage.name}: {name}" for name in _differing_rules(stage.rules, mine.rules))
    for name in _COMPARED:
        if getattr(stage, name) != getattr(mine, name):
            yield f"{stage.name}: {name}"


def _differing_rules(one: Rules, other: Rules) -> Iterator[str]:
    for name in Rules.__struct_fields__:
        if getattr(one, name) != getattr(other, name):
            yield name


def _of_services(here: Pipeline, committed: Pipeline, names: frozenset[str]) -> Iterator[str]:
    mine = {service.name: service for service in here.services}
    for service in committed.services:
        found = mine.get(service.name)
        if found is None:
            yield f"{service.name} is missing"
        elif replace(found, targets=(), owner=service.owner) != replace(service, targets=()):
            yield f"services.{service.name}"
        else:
            for target in service.targets:
                if target.stage in names and target not in found.targets:
                    yield f"services.{service.name}.stages.{target.stage}"
