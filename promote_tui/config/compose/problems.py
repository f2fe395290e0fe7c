"""What of a compose file cannot be taken as it is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from promote_tui.config.compose.params import Parameters, own_parameters, parameter_problem
from promote_tui.config.problems import Problem, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.config.yaml_tree import Node


def path_problems(service: Node, own: Node) -> Iterator[Problem]:
    """Yield that a service has no folder, or one that only a variable tells, unless the configuration's own says it."""
    path = service.get("path")
    if "path" in own.entries():
        return
    if "path" not in service.entries():
        yield Problem(service.file, service.line, service.column, path.path, "is missing; add it")
    elif "${" in (text := path.text() or ""):
        what = f"{quote(text)} depends on a variable"
        yield path.problem(f"{what}; write the path out, here or under `services` of the configuration")


def shape_problems(service: Node) -> Iterator[Problem]:
    """Yield what of a service would be passed over in silence, because it is no mapping, or names no services."""
    yield from mapping_problems(service.get("params"))
    depends = service.get("dependsOn")
    if depends.value is not None and depends.text() is None and not isinstance(depends.value, tuple):
        yield depends.problem("names no service; write a name, or a list such as [one, two]")
    yield from (each.problem("names no service; write its name") for each in depends.list() if each.text() is None)


def stage_problems(stages: Node) -> Iterator[Problem]:
    """Yield what of the compose file's own stages would be passed over in silence."""
    yield from mapping_problems(stages)
    for stage in stages.entries().values():
        yield from mapping_problems(stage)
        yield from mapping_problems(stage.get("params"))


def mapping_problems(node: Node) -> Iterator[Problem]:
    """Yield that a value is there and is no mapping."""
    if node.value is not None and not isinstance(node.value, Mapping):
        yield node.problem("is not a mapping; write key: value")


def parameter_problems(given: Parameters, own: Node, left_out: frozenset[str]) -> Iterator[Problem]:
    """Yield the parameters that no deploy from here can be given, unless the configuration's own entry gives them."""
    for node in given.but(own_parameters(own)):
        if what := parameter_problem(node, left_out):
            yield node.problem(f"{what}; give it in the service's `deploy.params` of the configuration")
