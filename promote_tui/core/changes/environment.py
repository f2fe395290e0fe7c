"""What a deploy does to the environment of functions, as far as it may be shown: values that become empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from promote_tui.core.text import join_words

if TYPE_CHECKING:
    from promote_tui.core.changes.model import Template

_FUNCTION = "AWS::Lambda::Function"


def emptied_variables(deployed: Template, packaged: Template) -> tuple[str, ...]:
    """Return a line for each variable that the package leaves empty, and that is not empty there now.

    A value that only CloudFormation knows, such as a parameter's, is not looked into.
    """
    before = {(function, name): value for function, name, value in _values(deployed)}
    fresh: dict[str, list[str]] = {}
    cleared: dict[str, list[str]] = {}
    for function, name, value in _values(packaged):
        was = before.get((function, name))
        if value == "" and was != "":
            (fresh if was is None else cleared).setdefault(name, []).append(function)
    lines = [f"the environment value {name} becomes empty: {join_words(cleared[name])}" for name in sorted(cleared)]
    lines += [f"the environment value {name} is new, and empty: {join_words(fresh[name])}" for name in sorted(fresh)]
    return tuple(lines)


def _values(template: Template) -> Iterator[tuple[str, str, Any]]:
    """Yield (function, variable, value) of each variable of each function."""
    for function, resource in _mapping(template.get("Resources")).items():
        if _mapping(resource).get("Type") == _FUNCTION:
            found = _mapping(_mapping(_mapping(resource).get("Properties")).get("Environment")).get("Variables")
            yield from ((function, name, value) for name, value in _mapping(found).items())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
