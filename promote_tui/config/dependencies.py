"""What services need of each other: `depends_on`, and the outputs that their parameters are read from."""

from __future__ import annotations

import graphlib
from typing import TYPE_CHECKING

from promote_tui.config.problems import Problem, did_you_mean, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.config.yaml_tree import Node

_CYCLES = 20


def broken_dependencies(file: Node, stages: tuple[Node, ...]) -> Iterator[Problem]:
    """Yield what names no service, and circles; `stages` are those of both files."""
    services = file.get("services").list()
    known = [name for service in services if (name := _name(service))]
    everywhere = [file.get("deploy"), *(stage.get("deploy") for stage in stages)]
    shared = [item for block in everywhere for item in _read_outputs(block)]
    needs: dict[str, set[str]] = {name: _texts(shared) & {*known} - {name} for name in known}
    yield from _unknown(shared, known)
    for service in services:
        items = [*service.get("depends_on").list(), *_own_outputs(service)]
        yield from _unknown(items, known)
        name = _name(service) or ""
        itself = {name} - _texts(service.get("depends_on").list())
        needs.setdefault(name, set()).update(_texts(items) & {*known} - itself)
    for cycle in _cycles(needs):
        first = next(service for service in services if _name(service) in cycle)
        way = _turned(cycle, _name(first) or "")
        yield first.get("depends_on").problem(f"is a circle ({' -> '.join(way)}); remove one of them")


def _own_outputs(service: Node) -> Iterator[Node]:
    yield from _read_outputs(service.get("deploy"))
    for stage in service.get("stages").entries().values():
        yield from _read_outputs(stage.get("deploy"))


def _read_outputs(deploy: Node) -> Iterator[Node]:
    """Yield the services that values of a `deploy` block are outputs of."""
    for key in ("params", "env"):
        for value in deploy.get(key).entries().values():
            if value.entries():
                yield value.get("service")


def _unknown(items: list[Node], known: list[str]) -> Iterator[Problem]:
    for item in items:
        if (other := item.text()) is not None and other not in known:
            yield item.problem(f"{quote(other)} is not a service{did_you_mean(other, known)}")


def _texts(items: tuple[Node, ...] | list[Node]) -> set[str]:
    return {text for item in items if (text := item.text()) is not None}


def _name(node: Node) -> str | None:
    return node.get("name").text()


def _cycles(needs: dict[str, set[str]]) -> Iterator[list[str]]:
    """Yield circles that share no service; each begins somewhere and goes from a service to what it needs."""
    for _ in range(_CYCLES):
        try:
            graphlib.TopologicalSorter(needs).prepare()
        except graphlib.CycleError as error:
            cycle = list(reversed(error.args[1][1:]))
            yield cycle
            needs = {name: others - set(cycle) for name, others in needs.items() if name not in cycle}
        else:
            return


def _turned(cycle: list[str], first: str) -> list[str]:
    at = cycle.index(first)
    return [*cycle[at:], *cycle[:at], first]
