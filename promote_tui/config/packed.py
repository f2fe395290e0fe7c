"""A configuration as it is cached: services as rows of texts, and what many of them share once, by number.

Hundreds of services have the same account, the same way to deploy and the same commit source in each stage.
Decoding those again for every target took longer than everything else that is read before the first frame.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from promote_tui.config.model import Config
from promote_tui.core import codec
from promote_tui.core.model.pipeline import Aws, DeploySettings, Service, StackOutput, StackTag, Target
from promote_tui.core.model.smoke import SmokeCommand, SmokeRequest

if TYPE_CHECKING:
    from collections.abc import Sequence


def pack(config: Config) -> dict[str, Any]:
    """Return the JSON value of a configuration."""
    shared: list[Any] = []
    numbers: dict[str, int] = {}

    def number(part: object) -> int:
        key = repr(part)
        if key not in numbers:
            numbers[key] = len(shared)
            shared.append(codec.encode(part, lean=True))
        return numbers[key]

    rows = [_row(service, number) for service in config.pipeline.services]
    rest = replace(config, pipeline=replace(config.pipeline, services=()))
    return {"config": codec.encode(rest, lean=True), "shared": shared, "services": rows}


def _row(service: Service, number: Any) -> list[Any]:  # noqa: ANN401 - a function of pack's
    targets = [[one.service, one.stage, one.stack, one.serverless_stage, number(one.aws)] for one in service.targets]
    texts = [service.name, service.repo, service.path]
    smoke = number(service.smoke) if service.smoke else None
    parts = [number(service.commit_source), number(service.deploy), smoke]
    own = [[stage, number(settings)] for stage, settings in service.stage_deploys]
    lists = [list(service.shared), list(service.depends_on), list(service.migrations), list(service.remote)]
    return [texts, lists, parts, targets, service.file, own]


def unpack(raw: Any) -> Config:  # noqa: ANN401 - a JSON value
    """Return the configuration; raises TypeError, ValueError, KeyError or IndexError on anything else."""
    rest = codec.decode(Config, raw["config"])
    shared = [_part(one) for one in raw["shared"]]
    services = tuple([_service(row, shared) for row in raw["services"]])
    return replace(rest, pipeline=replace(rest.pipeline, services=services))


_KINDS = {kind.__name__: kind for kind in (Aws, DeploySettings, StackOutput, StackTag, SmokeRequest, SmokeCommand)}


def _part(raw: Any) -> Any:  # noqa: ANN401 - the same
    return codec.decode(_KINDS[raw["type"]], raw)


def _service(row: Any, shared: Sequence[Any]) -> Service:  # noqa: ANN401 - the same
    (name, repo, path), lists, (source, deploy, smoke), targets, file, own = row
    _texts(name, repo, path, file, *(text for each in lists for text in each), *(stage for stage, _ in own))
    paths, needs, migrations, remote = map(tuple, lists)
    made = tuple([_target(one, shared) for one in targets])
    proof = None if smoke is None else shared[smoke]
    parts = shared[source], shared[deploy], made, needs, proof, migrations, remote
    deploys = tuple([(stage, shared[settings]) for stage, settings in own])
    return Service(name, repo, path, paths, *parts, file, deploys)


def _target(row: Any, shared: Sequence[Any]) -> Target:  # noqa: ANN401 - the same
    service, stage, stack, cli_stage, aws = row
    _texts(service, stage, stack, cli_stage)
    return Target(service, stage, stack, cli_stage, shared[aws])


def _texts(*values: object) -> None:
    for value in values:
        if type(value) is not str:
            msg = f"{value!r:.80} is no text"
            raise TypeError(msg)
