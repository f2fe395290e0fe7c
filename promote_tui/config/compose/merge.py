"""The configuration's document with the services of the compose file that it names."""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.config.compose import differences
from promote_tui.config.compose.file import NAME, ComposeFile, ReadFile, find_compose, find_program
from promote_tui.config.compose.params import read_parameters
from promote_tui.config.compose.problems import parameter_problems, path_problems, shape_problems, stage_problems
from promote_tui.config.compose.services import FRAMEWORK, Settings, as_service, component, over, stages_of_cli
from promote_tui.config.problems import Problem, did_you_mean, quote
from promote_tui.config.source import resolve
from promote_tui.config.types import LOCAL_PATH
from promote_tui.config.yaml_tree import DocumentError, Node, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NONE = Node("", "", 0, 0, {})
"""What the configuration says of a service that it does not name."""


@dataclass(frozen=True, slots=True)
class Composition:
    """A document with all its services, and the compose file that it took some from.

    `label` is what messages call that file, `notes` are where the two differ; without one, all are empty. Where it is
    not `complete`, the services are not known.
    """

    document: Node
    file: ComposeFile | None = None
    label: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    complete: bool = True


def compose(document: Node, path: Path, read: ReadFile) -> Composition:
    """Return a configuration's document, which lies at `path`, with the services of its compose file.

    Raises ConfigError where a file cannot be read.
    """
    key = document.get("compose")
    named = key.text() or key.get("path").text()
    if named is None or not re.fullmatch(LOCAL_PATH, named):
        return Composition(document, complete="compose" not in document.entries())
    where = resolve(named, path)
    found = find_compose(where, read)
    if found is None or not found.root:
        return Composition(document, problems=(key.problem(_unusable(named, where, found, read)),), complete=False)
    return _composed(document, path, found)


def _unusable(named: str, where: Path, found: ComposeFile | None, read: ReadFile) -> str:
    if found is not None:
        return f"{quote(named)} is in no git repository; name one that is"
    if (program := find_program(where, read)) is not None:
        return f"{program} is a program, which is not run to read it; list its services under `services`"
    return f"{quote(named)} has no {NAME}.yml; correct the path"


def _composed(document: Node, path: Path, found: ComposeFile) -> Composition:
    beside = os.path.realpath(path.parent)
    label = Path(os.path.relpath(found.path, beside)).as_posix()
    try:
        tree, problems = parse(found.content, label)
    except DocumentError as error:
        return Composition(document, found, label, problems=(error.problem,), complete=False)
    settings = Settings(
        configuration=path,
        label=label,
        repository=Path(os.path.relpath(found.root, beside)).as_posix(),
        everywhere=tree.get("stages"),
        folder=Path(found.path).parent.relative_to(found.root).as_posix(),
        stages=tuple(name for stage in document.get("stages").list() if (name := stage.get("name").text())),
        block=document.get("compose"),
    )
    merging = Merging(document, tree.get("services"), settings)
    every = (*problems, *merging.problems())
    return Composition(merging.document(), found, label, tuple(merging.notes()), every)


class Merging:
    """The services of both files, as one list: what the configuration says of a service comes first."""

    def __init__(self, document: Node, services: Node, settings: Settings) -> None:
        self._document = document
        self._services = services
        self._settings = settings
        self._own = {name: node for node in document.get("services").list() if (name := node.get("name").text())}
        theirs = services.entries()
        other_kinds = (name for name, service in theirs.items() if component(service) != FRAMEWORK)
        self._left_out = frozenset([*settings.without, *other_kinds])
        self._theirs: Mapping[str, Node] = {
            name: as_service(name, service, self._own.get(name, _NONE), settings, self._left_out)
            for name, service in theirs.items()
            if name not in self._left_out
        }

    def document(self) -> Node:
        """Return the document, with the services in the order of the compose file, then those of its own."""
        services = self._document.get("services")
        if not self._theirs or ("services" in self._document.entries() and not isinstance(services.value, tuple)):
            return self._document
        merged = [self._merged(name, theirs) for name, theirs in self._theirs.items()]
        rest = [node for node in services.list() if node.get("name").text() not in self._theirs]
        entries = {**self._document.entries(), "services": replace(services, value=(*merged, *rest))}
        return replace(self._document, value=entries)

    def _merged(self, name: str, theirs: Node) -> Node:
        own = self._own.get(name)
        return theirs if own is None else over(own, theirs)

    def problems(self) -> Iterator[Problem]:
        """Yield what the compose file lacks, and what cannot be known without running it."""
        if not self._services.entries():
            yield self._services.problem("is missing or empty; list the services")
        elif not self._theirs and not self._own:
            yield self._document.get("compose").problem("leaves no service that can be deployed")
        yield from stage_problems(self._settings.everywhere)
        for name, node in self._services.entries().items():
            if name not in self._left_out:
                own = self._own.get(name, _NONE)
                yield from (*path_problems(node, own), *shape_problems(node))
                given = read_parameters(node, own, self._settings.everywhere, stages_of_cli(own, self._settings))
                yield from parameter_problems(given, own, self._left_out)
        for node in self._settings.block.get("without").list():
            if (text := node.text()) and text not in self._services.entries():
                known = did_you_mean(text, self._services.entries())
                yield node.problem(f"{quote(text)} is not a service of {self._settings.label}{known}")

    def notes(self) -> Iterator[str]:
        """Yield where the two files differ, and what of the compose file has no effect."""
        for name, own in self._own.items():
            if name in self._theirs:
                yield from differences.describe_differences(own, self._theirs[name], self._settings)
            elif name not in self._left_out:
                yield from differences.describe_missing(own, self._settings)
        found = self._services.entries()
        yield from differences.describe_left_out(found, self._left_out, self._settings)
