"""Where a configuration and its compose file say different things, in words."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from promote_tui.config.compose.services import Settings, component, over, referenced_services
from promote_tui.config.source import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.config.yaml_tree import Node

_PLAIN = "serverless.yml"
"""The configuration file of a service that names none; the CLI knows others, too, by their endings."""


def describe_differences(own: Node, theirs: Node, settings: Settings) -> Iterator[str]:
    """Yield where a service's entry in the configuration replaces what the compose file has for it."""
    for key, mine, other in (*_paths(own, theirs, settings), *_dependencies(own, theirs), *_regions(own, theirs)):
        where = f"services.{own.get('name').text()}.{key}"
        yield f"{where}: {settings.label} has {other}; {mine} is used, as this file says"
    for name, node in own.get("deploy").get("params").entries().items():
        given = theirs.get("deploy").get("params").entries()
        if name in given and given[name].data() != node.data():
            where = f"services.{own.get('name').text()}.deploy.params.{name}"
            yield f"{where}: {settings.label} has another value; that of this file is used"


def _paths(own: Node, theirs: Node, settings: Settings) -> Iterator[tuple[str, str, str]]:
    repo = own.get("repo").text()
    if repo is not None and resolve(repo, settings.configuration) != resolve(
        settings.repository, settings.configuration
    ):
        yield "repo", repo, settings.repository
    for key, default in (("path", ""), ("file", _PLAIN)):
        mine, other = own.get(key).text(), theirs.get(key).text() or default
        if mine is not None and other and posixpath.normpath(mine) != other:
            yield key, mine, other


def _dependencies(own: Node, theirs: Node) -> Iterator[tuple[str, str, str]]:
    """Yield the difference; what a service takes outputs of is waited for without a word, too."""
    given = over(own, theirs).get("deploy").get("params").entries().values()
    taken = [name for value in given if (name := value.get("service").text())]
    mine, others = _texts(own.get("depends_on")), _texts(theirs.get("depends_on"))
    mine = list(dict.fromkeys((*mine, *(name for name in taken if name in others))))
    if "depends_on" in own.entries() and set(mine) != set(others):
        yield "depends_on", ", ".join(mine) or "nothing", ", ".join(others) or "nothing"


def _regions(own: Node, theirs: Node) -> Iterator[tuple[str, str, str]]:
    for stage, exceptions in own.get("stages").entries().items():
        mine, other = exceptions.get("region").text(), theirs.get("stages").get(stage).get("region").text()
        if mine and other and mine != other:
            yield f"stages.{stage}.region", mine, other


def describe_missing(own: Node, settings: Settings) -> Iterator[str]:
    """Yield that a service of the compose file's repository is not in the compose file."""
    repo, path = own.get("repo").text() or ".", settings.configuration
    if resolve(repo, path) == resolve(settings.repository, path):
        yield f"services.{own.get('name').text()}: {settings.label} has no such service"


def describe_left_out(found: Mapping[str, Node], left_out: frozenset[str], settings: Settings) -> Iterator[str]:
    """Yield which services nothing here deploys, and who waits for them in the compose file."""
    for name, service in found.items():
        if name in left_out and name not in settings.without:
            what = f"is of the kind {component(service)}, which only Serverless Compose deploys"
            yield f"{settings.label}: {name} {what}; it is left out"
    for name, service in found.items():
        for node in referenced_services(service):
            if name not in left_out and (other := node.text()) in left_out:
                yield f"{settings.label}: {name} depends on {other}, which is left out, so it waits for nothing there"


def _texts(node: Node) -> list[str]:
    return [text for each in node.list() if (text := each.text())]
