"""How a service is deployed to each stage: the file's `deploy`, and the exceptions to it, key by key.

The later of these wins: `deploy`, `stages.Y.deploy`, `services.X.deploy`, `services.X.stages.Y.deploy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promote_tui.config.schema.deploy import Arguments, Deploy, OutputReference, SecretReference, SsmReference
from promote_tui.config.schema.files import File, LocalFile
from promote_tui.core.durations import to_seconds
from promote_tui.core.model.deploy_values import OutputValue, SecretValue, SsmValue
from promote_tui.core.model.pipeline import DeploySettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.config.schema.services import Service
    from promote_tui.core.model.deploy_values import DeployValue


@dataclass(frozen=True, slots=True)
class Deploys:
    """The deploy blocks of both files, and who `{user}` in them stands for; empty for nobody."""

    shared: File
    local: LocalFile
    user: str = ""

    def of(self, service: Service) -> DeploySettings:
        """Return how a service is deployed where no stage says otherwise."""
        return self._settings(merge_deploys(self.shared.deploy, service.deploy))

    def by_stage(self, service: Service) -> tuple[tuple[str, DeploySettings], ...]:
        """Return how it is deployed to each of the stages that say otherwise."""
        return tuple((name, self._settings(block)) for name, block in self.blocks(service))

    def needs(self, service: Service) -> Iterator[str]:
        """Yield the other services whose outputs a service's values are."""
        for settings in (self.of(service), *(each for _, each in self.by_stage(service))):
            for value in settings.references:
                if isinstance(value, OutputValue) and value.service != service.name:
                    yield value.service

    def blocks(self, service: Service) -> Iterator[tuple[str, Deploy]]:
        """Yield the stages that say otherwise, each with its whole block."""
        for stage in (*self.shared.stages, *self.local.stages):
            own = service.stages[stage.name].deploy if stage.name in service.stages else None
            if stage.deploy is not None or own is not None:
                yield stage.name, merge_deploys(self.shared.deploy, stage.deploy, service.deploy, own)

    def _settings(self, block: Deploy) -> DeploySettings:
        known = {"user": self.user} if self.user else {}
        return deploy_settings(block).fill(known)


def merge_deploys(*blocks: Deploy | None) -> Deploy:
    """Return the blocks as one, the later ones over the earlier, within `args`, `env`, `params` and `timeout` too."""
    found: dict[str, Any] = {}
    for block in blocks:
        found = _merge(found, _set(block)) if block is not None else found
    return Deploy.model_validate(found)


def deploy_settings(block: Deploy) -> DeploySettings:
    """Return what a whole block comes to."""
    args = block.args if isinstance(block.args, Arguments) else Arguments(package=block.args, deploy=block.args)
    return DeploySettings(
        command=tuple(block.command),
        install=block.install if isinstance(block.install, str) else tuple(block.install),
        before=tuple(tuple(argv) for argv in block.before),
        args=tuple(args.deploy),
        package_args=None if args.package == args.deploy else tuple(args.package),
        env=tuple((name, _value(value)) for name, value in block.env.items()),
        params=tuple((name, _value(value)) for name, value in block.params.items()),
        pass_env=tuple(block.pass_env),
        files=tuple(block.files),
        idle_seconds=to_seconds(block.timeout.idle),
        total_seconds=to_seconds(block.timeout.total),
    )


def _value(given: str | SsmReference | SecretReference | OutputReference) -> DeployValue:
    match given:
        case str():
            return given
        case SsmReference(ssm=name):
            return SsmValue(name)
        case SecretReference(secret=name, key=key):
            return SecretValue(name, key or "")
        case OutputReference(output=output, service=service):
            return OutputValue(output, service)


def _set(block: Deploy) -> dict[str, Any]:
    """Return what a block sets; a plain list of arguments is that of both commands."""
    found = block.model_dump(exclude_unset=True)
    if isinstance(found.get("args"), list):
        found["args"] = {"package": found["args"], "deploy": found["args"]}
    return found


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return both; of `args`, `env`, `params` and `timeout` each entry for itself."""
    both = {
        key: {**base[key], **value} if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        for key, value in over.items()
    }
    return {**base, **both}
