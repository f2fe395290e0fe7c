"""The stage that a branch's preview is, as part of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.model.deploy_values import Reference, fill_value
from promote_tui.core.model.pipeline import Stage, Target
from promote_tui.core.model.placeholders import fill_placeholders
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.previews.names import preview_name
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.model.deploy_values import NamedValues
    from promote_tui.core.model.pipeline import DeploySettings, Pipeline, PreviewSettings, Service


def preview_settings(pipeline: Pipeline) -> PreviewSettings:
    """Return what the configuration says of previews; raises UsageError where it says nothing."""
    if pipeline.previews is None:
        remedy = "add `previews` with `branches` and `aws` to the configuration"
        raise UsageError("previews", "the configuration has none", remedy)
    return pipeline.previews


def preview_target(settings: PreviewSettings, service: str, branch: str) -> Target:
    """Return where a service lands in the preview of a branch; raises UsageError where each stage has one stack."""
    name, template = preview_name(branch), dict(settings.stacks)[service]
    if "{stage}" not in template:
        cause = f"its stack is called {template} in every stage, so a preview would overwrite it"
        raise UsageError(f"services.{service}.stack", cause, "let it contain {stage}")
    stack = template.replace("{stage}", name)
    return Target(service, name, stack, name, settings.aws, branch)


def with_preview(pipeline: Pipeline, branch: str) -> Pipeline:
    """Return the pipeline with the preview of a branch as its last stage; raises UsageError.

    Of the base it has the safeguards and the deployer's settings: what gates ask of a promotion, nobody asks of it.
    """
    settings = preview_settings(pipeline)
    base = pipeline.stage(settings.base)
    rules = Rules(safeguards=base.rules.safeguards, safeguard_commands=base.rules.safeguard_commands)
    stage = Stage(preview_name(branch), settings.aws, settings.branches, rules=rules)
    services = tuple(_with_target(service, settings, branch) for service in pipeline.services)
    return replace(pipeline, stages=(*pipeline.stages, stage), services=services)


def _with_target(service: Service, settings: PreviewSettings, branch: str) -> Service:
    target = preview_target(settings, service.name, branch)
    known = dict(service.stage_deploys).get(settings.base, service.deploy)
    deploy = (target.stage, _of_base(known, settings.base))
    return replace(service, targets=(*service.targets, target), stage_deploys=(*service.stage_deploys, deploy))


def _of_base(settings: DeploySettings, base: str) -> DeploySettings:
    """Return the settings with what is kept somewhere read as for the base: nobody keeps secrets for a branch."""
    files = tuple(fill_placeholders(file, {"stage": base}) for file in settings.files)
    return replace(settings, env=_kept(settings.env, base), params=_kept(settings.params, base), files=files)


def _kept(values: NamedValues, base: str) -> NamedValues:
    return tuple(
        (name, fill_value(value, {"stage": base}) if isinstance(value, Reference) else value) for name, value in values
    )
