"""serverless-state.json, in which the CLI leaves what it packaged: read, and said to be unusable where it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError
from promote_tui.core.package.package import ResolvedTarget
from promote_tui.private_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.value import Json

STATE = "serverless-state.json"
_INDENT = 2


def resolved_of(state: Json, target: Target) -> ResolvedTarget:
    """Return where the package goes; the stage is that of the artifacts' folder: PREFIX/SERVICE/STAGE/TIME.

    `provider.stage` is what serverless.yml says, and `--stage` wins over it.
    """
    provider = provider_of(state, target)
    stage = ([""] * 2 + artifact_folder(state).split("/"))[-2] or str(provider.get("stage", ""))
    return resolved_target(state["service"], provider, stage)


def resolved_target(service: Json, provider: Json, stage: str) -> ResolvedTarget:
    """Return the CLI's target from its service and provider blocks; without a `stackName` it is SERVICE-STAGE."""
    name = service.get("service") or ""
    name = str(name.get("name", "") if isinstance(name, dict) else name)
    stack = str(provider.get("stackName") or f"{name}-{stage}")
    return ResolvedTarget(name, stage, str(provider.get("region") or ""), stack)


def artifact_folder(state: Json) -> str:
    """Return the artifacts' place in the bucket, PREFIX/SERVICE/STAGE/TIME; empty where it is not known."""
    package = state.get("package")
    return str(package.get("artifactDirectoryName") or "") if isinstance(package, dict) else ""


def provider_of(state: Json, target: Target) -> Json:
    """Return the provider block; raises DeployError where there is none."""
    service = state.get("service")
    provider = service.get("provider") if isinstance(service, dict) else None
    if not isinstance(provider, dict):
        raise unreadable(target, f"{STATE} names no provider")
    return provider


def compiled_template(state: Json, target: Target) -> Json:
    """Return the template that a deploy submits; raises DeployError where there is none."""
    template = provider_of(state, target).get("compiledCloudFormationTemplate")
    if not isinstance(template, dict):
        raise unreadable(target, f"{STATE} holds no compiled template")
    return template


def load_json(path: Path, target: Target) -> Json:
    """Return the object that a file of the package holds; raises DeployError."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise unreadable(target, f"it has no {path.name}") from problem
    except (OSError, ValueError) as problem:
        raise unreadable(target, f"{path.name} cannot be read") from problem
    if not isinstance(loaded, dict):
        raise unreadable(target, f"{path.name} is not an object")
    return loaded


def save_json(path: Path, content: Json) -> None:
    """Write a private file of the package."""
    write_private(path, json.dumps(content, indent=_INDENT, ensure_ascii=False).encode())


def unreadable(target: Target, cause: str) -> DeployError:
    """Return why a package cannot be deployed."""
    return DeployError(str(target), f"the package cannot be used: {cause}", "plan again, or see `deploy.command`")
