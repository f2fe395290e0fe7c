"""A compose file's services in the form of the configuration's own, each value at its place in the compose file."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.config.compose.params import OUTPUT, as_value, read_parameters
from promote_tui.config.yaml_tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.config.yaml_tree import YamlValue

FRAMEWORK = "serverless-framework"


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all services of a compose file.

    That is: where the configuration lies, how messages call the compose file, its repository and its folder there, its
    own `stages`, the shared stages, and the configuration's `compose`.
    """

    configuration: Path
    label: str
    repository: str
    folder: str
    everywhere: Node
    stages: tuple[str, ...]
    block: Node

    @property
    def without(self) -> tuple[str, ...]:
        """The services that the configuration leaves out."""
        return tuple(text for node in self.block.get("without").list() if (text := node.text()))


def component(service: Node) -> str:
    """Return what kind of thing a service is."""
    return service.get("component").text() or FRAMEWORK


def referenced_services(service: Node) -> tuple[Node, ...]:
    """Return the services that one waits for: those of `dependsOn`, and those whose outputs it takes; each once."""
    depends = service.get("dependsOn")
    first: dict[str, Node] = {}
    for node in (*((depends,) if depends.text() is not None else depends.list()), *_sources(service)):
        first.setdefault(node.text() or node.path, node)
    return tuple(first.values())


def _sources(node: Node) -> Iterator[Node]:
    for text in _scalars(node):
        for found in OUTPUT.finditer(text.text() or ""):
            yield replace(text, value=found[1], source=found[1])


def _scalars(node: Node) -> Iterator[Node]:
    inner = (*node.list(), *node.entries().values())
    yield from (each for one in inner for each in _scalars(one)) if inner else (node,)


def stages_of_cli(own: Node, settings: Settings) -> dict[str, str]:
    """Return what the CLI gets as its stage, by the name of each shared one."""
    exceptions = own.get("stages")
    return {stage: exceptions.get(stage).get("serverless_stage").text() or stage for stage in settings.stages}


def as_service(name: str, service: Node, own: Node, settings: Settings, left_out: frozenset[str]) -> Node:
    """Return a service as the configuration, which says `own` of it, would have it; it waits for nothing left out."""
    entries = {"name": _with(service, name), "repo": _with(service, settings.repository)}
    entries |= _files(service, settings)
    waits = tuple(node for node in referenced_services(service) if node.text() not in left_out)
    if waits:
        entries["depends_on"] = _with(_dependency_key(service), waits)
    entries |= _deploys(service, own, settings)
    entries |= {key: settings.block.get(key) for key in ("stack", "shared") if key in settings.block.entries()}
    return _with(service, entries)


def _files(service: Node, settings: Settings) -> Iterator[tuple[str, Node]]:
    path, file = service.get("path"), service.get("config")
    if path.text() is not None:
        yield "path", _with(path, posixpath.normpath(posixpath.join(settings.folder, path.text() or "")))
    elif "path" in service.entries():
        yield "path", path
    if file.text() is not None:
        yield "file", _with(file, posixpath.normpath(file.text() or ""))


def over(own: Node, theirs: Node, key: str = "") -> Node:
    """Return both as one, key by key, what the configuration itself says first; a parameter is one value."""
    if not isinstance(own.value, Mapping) or not isinstance(theirs.value, Mapping):
        return own
    mine = {
        name: node if key == "params" else over(node, theirs.get(name), name) for name, node in own.entries().items()
    }
    return replace(own, value={**theirs.entries(), **mine})


def _deploys(service: Node, own: Node, settings: Settings) -> Iterator[tuple[str, Node]]:
    """Yield `deploy`, and `stages` where one has a region or parameters of its own."""
    cli_stages = stages_of_cli(own, settings)
    given = read_parameters(service, own, settings.everywhere, cli_stages)
    if given.everywhere:
        yield "deploy", _deploy(service, {name: as_value(node) for name, node in given.everywhere.items()})
    stages: dict[str, Node] = {}
    for stage, params in given.by_stage.items():
        here = {"region": service.get("region")} if "region" in service.entries() else {}
        if params:
            values = {name: as_value(node, cli_stages[stage]) for name, node in params.items()}
            here["deploy"] = _deploy(service, values)
        if here:
            stages[stage] = _with(service, here)
    if stages:
        yield "stages", _with(service, stages)


def _deploy(service: Node, params: Mapping[str, Node]) -> Node:
    place = service.get("params")
    return _with(service, {"params": _with(place, params)})


def _dependency_key(service: Node) -> Node:
    return next((service.get(key) for key in ("dependsOn", "params") if key in service.entries()), service)


def _with(place: Node, value: YamlValue | Mapping[str, Node]) -> Node:
    return replace(place, value=value, source=value if isinstance(value, str) else "")
