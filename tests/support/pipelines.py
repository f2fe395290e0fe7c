"""Configurations made from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Pipeline


def without_stage(pipeline: Pipeline, name: str) -> Pipeline:
    """Return a configuration without a stage, and without the targets there."""
    stages = tuple(stage for stage in pipeline.stages if stage.name != name)
    services = tuple(
        replace(service, targets=tuple(target for target in service.targets if target.stage != name))
        for service in pipeline.services
    )
    return replace(pipeline, stages=stages, services=services)
