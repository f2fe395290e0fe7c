"""The parameters that a compose file gives its services, as values of the configuration's `deploy.params`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promote_tui.config.problems import quote
from promote_tui.config.yaml_tree import Node
from promote_tui.core.model.placeholders import placeholders

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

OUTPUT = re.compile(r"\$\{([A-Za-z0-9_-]+)\.([A-Za-z0-9_.-]+)\}")
_SSM = re.compile(r"\$\{ssm:(?!/aws/)([A-Za-z0-9_./-]+)\}")
_STAGE = re.compile(r"\$\{(?:sls:stage|opt:stage(?:\s*,[^{}]*)?)\}")
_ENV = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
_DEFAULT = "default"
HERE = "{stage}"
"""The stage that the configuration fills in, which the CLI gets as its own where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """A service's parameters as the compose file writes them: in every stage, and by stage where one has others."""

    everywhere: Mapping[str, Node]
    by_stage: Mapping[str, Mapping[str, Node]]

    def but(self, names: Collection[str]) -> Iterator[Node]:
        """Yield each but those of these names."""
        for some in (self.everywhere, *self.by_stage.values()):
            yield from (node for name, node in some.items() if name not in names)


def read_parameters(service: Node, own: Node, common: Node, stages: Mapping[str, str]) -> Parameters:
    """Return the parameters of a service, by stage only those that the configuration's own entry does not give.

    They come before those that the compose file's `stages`, in `common`, has for all services. `stages` are what the
    CLI gets as its stage, by the name of each shared one.
    """
    theirs = service.get("params").entries()
    everywhere = {**common.get(_DEFAULT).get("params").entries(), **theirs}
    by_stage = {}
    for stage, cli_stage in stages.items():
        found = {name: node for name, node in everywhere.items() if cli_stage != stage and _STAGE.search(_text(node))}
        found |= {
            name: node for name, node in common.get(cli_stage).get("params").entries().items() if name not in theirs
        }
        by_stage[stage] = {name: node for name, node in found.items() if name not in own_parameters(own)}
    return Parameters(everywhere, by_stage)


def own_parameters(own: Node) -> Mapping[str, Node]:
    """Return what an entry of the configuration gives in every stage."""
    return own.get("deploy").get("params").entries()


def as_value(node: Node, stage: str = HERE) -> Node:
    """Return a value as the configuration would have it: text, an output of a service's stack, an SSM parameter."""
    text = _text(node)
    if found := OUTPUT.fullmatch(text):
        return replace(node, value={"output": _with(node, found[2]), "service": _with(node, found[1])})
    if found := _SSM.fullmatch(text):
        return replace(node, value={"ssm": _with(node, found[1])})
    return _with(node, _ENV.sub(r"${\1}", _STAGE.sub(stage, text)))


def parameter_problem(node: Node, left_out: frozenset[str]) -> str:
    """Return why a value cannot be given to a deploy from here; empty where it can."""
    text = _text(node)
    if isinstance(node.value, Mapping | tuple):
        return "is neither text nor a number"
    if (found := OUTPUT.fullmatch(text)) and found[1] in left_out:
        return f"{quote(text)} is an output of {found[1]}, which is left out"
    if OUTPUT.fullmatch(text) or _SSM.fullmatch(text):
        return ""
    if "${" in _ENV.sub("", _STAGE.sub("", text)):
        return f"{quote(text)} has a variable that is not read here"
    if placeholders(text):
        return f"{quote(text)} has braces that would be filled in here"
    return ""


def _text(node: Node) -> str:
    """Return what the CLI would make of a value: numbers as they are written, `true` and `false` in small letters."""
    if isinstance(node.value, bool) and node.source.lower() in {"true", "false"}:
        return node.source.lower()
    return node.value if isinstance(node.value, str) else node.source


def _with(place: Node, text: str) -> Node:
    return replace(place, value=text, source=text)
