"""What a repository's compose file has and a configuration that lists its services by hand lacks."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.config.compose.file import ComposeFile, find_compose
from promote_tui.config.compose.services import FRAMEWORK, component, referenced_services
from promote_tui.config.source import read_file
from promote_tui.config.yaml_tree import DocumentError, parse
from promote_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.config.yaml_tree import Node
    from promote_tui.core.model.pipeline import Pipeline, Service


def describe_unlisted(pipeline: Pipeline) -> Iterator[str]:
    """Yield the services and dependencies that compose files at the roots of repositories have in addition.

    A compose file that the configuration takes its services from is compared with it when that is read.
    """
    beside = os.path.realpath(Path(pipeline.path).parent)
    for repo in dict.fromkeys(service.repo for service in pipeline.services):
        found = _compose_file(Path(repo)) if Path(repo).is_absolute() and repo != pipeline.composed else None
        if found is not None:
            services = [service for service in pipeline.services if service.repo == repo]
            yield from _described(found, Path(os.path.relpath(found.path, beside)), services)


def _compose_file(repo: Path) -> ComposeFile | None:
    try:
        return find_compose(repo, read_file)
    except ConfigError:
        return None


def _described(found: ComposeFile, label: Path, services: list[Service]) -> Iterator[str]:
    try:
        theirs = parse(found.content, label.as_posix())[0].get("services").entries()
    except DocumentError as error:
        yield str(error.problem)
        return
    known = {name: service for name, node in theirs.items() for service in services if _is_same(node, service)}
    missing = [name for name, node in theirs.items() if name not in known and component(node) == FRAMEWORK]
    if missing:
        here = f"`compose: {label.parent.as_posix()}` takes its services from there"
        yield f"{label.as_posix()}: this file lacks its services {', '.join(missing)}; {here}"
    yield from _waits(theirs, known, label.as_posix())


def _is_same(node: Node, service: Service) -> bool:
    path, file = node.get("path").text() or "", node.get("config").text() or ""
    return os.path.normpath(path) == service.path and os.path.normpath(file) == os.path.normpath(service.file)


def _waits(theirs: Mapping[str, Node], known: Mapping[str, Service], label: str) -> Iterator[str]:
    for name, service in known.items():
        needs = [text for node in referenced_services(theirs[name]) if (text := node.text())]
        others = [known[need].name for need in needs if need in known]
        missing = [other for other in dict.fromkeys(others) if other not in service.depends_on]
        if missing:
            yield f"services.{service.name}.depends_on: {label} has {', '.join(missing)}, which this file lacks"
