"""A compose file's services in the form of the configuration's own, each value at its place in the compose file."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.config.yaml_tree import Node

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.config.yaml_tree import YamlValue

FRAMEWORK = "serverless-framework"
_OUTPUT = re.compile(r"\$\{([A-Za-z0-9_-]+)\.[A-Za-z0-9_.-]+\}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for all services of a compose file.

    That is: where the configuration lies, how messages call the compose file, its repository and its folder there, the
    shared stages, and the configuration's `compose`.
    """

    configuration: Path
    label: str
    repository: str
    folder: str
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
        for found in _OUTPUT.finditer(text.text() or ""):
            yield replace(text, value=found[1], source=found[1])


def _scalars(node: Node) -> Iterator[Node]:
    inner = (*node.list(), *node.entries().values())
    yield from (each for one in inner for each in _scalars(one)) if inner else (node,)


def as_service(name: str, service: Node, settings: Settings, left_out: frozenset[str]) -> Node:
    """Return a service as the configuration would have it; it waits for nothing that is left out."""
    entries = {"name": _with(service, name), "repo": _with(service, settings.repository)}
    if (path := service.get("path")).text() is not None:
        entries["path"] = _with(path, posixpath.normpath(posixpath.join(settings.folder, path.text() or "")))
    elif "path" in service.entries():
        entries["path"] = path
    if (file := service.get("config")).text() is not None:
        entries["file"] = _with(file, posixpath.normpath(file.text() or ""))
    waits = tuple(node for node in referenced_services(service) if node.text() not in left_out)
    if waits:
        entries["depends_on"] = _with(_dependency_key(service), waits)
    if "region" in service.entries():
        entries["stages"] = _with(service, {stage: _region(service) for stage in settings.stages})
    entries |= {key: settings.block.get(key) for key in ("stack", "shared") if key in settings.block.entries()}
    return _with(service, entries)


def _region(service: Node) -> Node:
    return _with(service, {"region": service.get("region")})


def _dependency_key(service: Node) -> Node:
    return next((service.get(key) for key in ("dependsOn", "params") if key in service.entries()), service)


def _with(place: Node, value: YamlValue | Mapping[str, Node]) -> Node:
    return replace(place, value=value, source=value if isinstance(value, str) else "")
