"""Reads deployed templates: JSON, or YAML with CloudFormation's short forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.value import Json

_DEPLOY_AGAIN = "see it in CloudFormation's console, or deploy again"


def parse_template(body: Json, target: Target) -> Template:
    """Return a template as JSON values; the SDK parses JSON itself and leaves YAML as text."""
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            body = _yaml(body, target)
    if not isinstance(body, Mapping):
        raise AwsError(str(target), "the deployed template is not an object", _DEPLOY_AGAIN)
    return body


def _yaml(text: str, target: Target) -> object:
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader that knows CloudFormation's short forms
    except yaml.YAMLError as error:
        raise AwsError(str(target), "the deployed template cannot be read", _DEPLOY_AGAIN) from error


class _Loader(yaml.SafeLoader):
    """Reads `!Ref X` as {"Ref": "X"} and `!GetAtt A.B` as {"Fn::GetAtt": ["A", "B"]}."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)
