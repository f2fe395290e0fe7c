"""The effective configuration as YAML: defaults filled in, local settings in place, every target resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from promote_tui.config.deploys import Deploys, merge_deploys
from promote_tui.core.model.channels import redact_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.config.model import Config
    from promote_tui.config.schema.deploy import Deploy
    from promote_tui.config.schema.files import File, LocalFile
    from promote_tui.core.model.pipeline import Aws, Service, Stage, Target


def show(shared: File, local: LocalFile, config: Config) -> str:
    """Return the effective configuration, for people and for comparing."""
    known = {stage.name: stage.model_dump(by_alias=True, exclude_none=True) for stage in shared.stages}
    deploys = Deploys(shared, local)
    deploy = {service.name: merge_deploys(shared.deploy, service.deploy) for service in shared.services}
    apart = {service.name: dict(deploys.blocks(service)) for service in shared.services}
    own = {service.name: service.model_dump(by_alias=True, exclude_none=True) for service in shared.services}
    effective: dict[str, Any] = {
        **shared.model_dump(by_alias=True, exclude_none=True),
        "stages": [_filled({**known.get(stage.name, {}), **_stage(stage)}) for stage in config.pipeline.stages],
        "services": [
            {**own[service.name], **_service(service, deploy[service.name], apart[service.name])}
            for service in config.pipeline.services
        ],
        "theme": config.theme,
        "keys": dict(config.keys),
        "views": [
            _filled({"name": each.name, "filter": each.filter or None, "group_by": each.group_by or None})
            for each in config.pipeline.views
        ],
        "user": config.user,
    }
    if config.pipeline.previews:
        effective["previews"]["base"] = config.pipeline.previews.base
    del effective["deploy"]
    effective.pop("compose", None)
    for channel in effective["notify"]:
        channel.update({kind: redact_url(channel[kind]) for kind in ("slack", "webhook") if kind in channel})
    body = yaml.dump(_filled(effective), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# {config.pipeline.path}\n{body}"


def _stage(stage: Stage) -> dict[str, Any]:
    return _filled(
        {
            "name": stage.name,
            "aws": None if stage.aws.unresolved else _aws(stage.aws),  # else as it is written
            "branches": list(stage.branches),
            "deploy_on_merge": _on_merge(stage),
            "confirm": stage.confirm,
            "after": stage.after,
            "only": stage.only,
            "promote_on": stage.promote_on,
        }
    )


def _on_merge(stage: Stage) -> dict[str, Any] | list[str] | str:
    """Return it as it is written: one branch, a list of them, or either by service."""
    if stage.merged_for:
        return {service: _one_or_list(branches) for service, branches in stage.merged_for}
    return _one_or_list(stage.deploy_on_merge)


def _one_or_list(words: tuple[str, ...]) -> list[str] | str:
    return words[0] if len(words) == 1 else list(words)


def _service(service: Service, deploy: Deploy, apart: Mapping[str, Deploy]) -> dict[str, Any]:
    return {
        "repo": service.repo,
        "path": service.path,
        "shared": list(service.shared),
        "deploy": _deploy(deploy),
        "stages": {target.stage: _target(target, apart.get(target.stage)) for target in service.targets},
        **({"remote": _one_or_list(service.remote)} if service.remote else {}),
    }


def _target(target: Target, deploy: Deploy | None) -> dict[str, Any]:
    own = {"deploy": _deploy(deploy)} if deploy else {}
    return {"stack": target.stack, "serverless_stage": target.serverless_stage, **_aws(target.aws), **own}


def _deploy(block: Deploy) -> dict[str, Any]:
    found = block.model_dump(by_alias=True, exclude_none=True)
    args = found["args"]
    same = isinstance(args, dict) and args["package"] == args["deploy"]
    return {**found, "args": args["package"] if same else args}


def _aws(aws: Aws) -> dict[str, Any]:
    own = {"region": aws.region, "account": aws.account or None, "profile": aws.profile, "role_arn": aws.role_arn}
    session = f"{aws.session_seconds}s" if aws.session_seconds else None
    return _filled({**own, "external_id": aws.external_id, "session": session, "mfa": aws.mfa})


def _filled(entries: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value not in (None, {}, [])}


class _Dumper(yaml.SafeDumper):
    """Quotes digits always (PyYAML leaves `089` bare), and repeats a value instead of an alias."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's hook
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if value.isdecimal() else None)


_Dumper.add_representer(str, _text)
