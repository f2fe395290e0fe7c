"""A packaged CloudFormation template: its commit output, and the form in which packages are compared."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from promote_tui.core import wildcard
from promote_tui.core.stacks.cells import DEPLOYED_COMMIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.core.value import Json


DEFAULT_OUTPUT = DEPLOYED_COMMIT
_STEP = re.compile(r'\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\]')
_DEPTH = 200
_DEPLOYMENT_TIME = re.compile(r"\b(ApiGatewayDeployment)\d{10,}")
_CODE = {"AWS::Lambda::Function": "Code", "AWS::Lambda::LayerVersion": "Content"}


def outputs(template: Mapping[str, Json], *patterns: str) -> dict[str, Json]:
    """Return the values of the outputs whose names fit one of the patterns."""
    found = template.get("Outputs") or {}
    return {
        name: output.get("Value") if isinstance(output, dict) else None
        for name, output in found.items()
        if any(wildcard.matches(pattern, name) for pattern in patterns)
    }


def output_name(pattern: str) -> str:
    """Return the name of the output to add for a pattern that none fits."""
    return re.sub(r"[^A-Za-z0-9]", "", pattern) or DEFAULT_OUTPUT


def add_output(template: dict[str, Json], patterns: Sequence[str], commit: str) -> bool:
    """Add an output that holds the commit, by the first pattern that none fits; tell whether it was added.

    None is added where an output holds the commit already, or where each pattern has one.
    """
    unused = [pattern for pattern in patterns if not outputs(template, pattern)]
    if not unused or commit in outputs(template, *patterns).values():
        return False
    added = {"Description": "The commit that this stack runs", "Value": commit}
    template["Outputs"] = {**(template.get("Outputs") or {}), output_name(unused[0]): added}
    return True


def to_plain(node: Json, root: Json, depth: int = 0) -> Json:
    """Return a value of serverless-state.json with its references to other places of it followed.

    What the CLI meets a second time it writes as {"$ref": PATH}, with the path of the first time.
    """
    if depth > _DEPTH:
        return None
    if isinstance(node, list):
        return [to_plain(item, root, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if len(node) == 1 and isinstance(reference, str) and reference.startswith("$"):
        return to_plain(_at(root, reference), root, depth + 1)
    return {key: to_plain(value, root, depth + 1) for key, value in node.items()}


def _at(root: Json, reference: str) -> Json:
    for index, key in _STEP.findall(reference):
        try:
            root = root[int(index)] if index else root[json.loads(key)]
        except (KeyError, IndexError, TypeError):
            return None
    return root


def to_comparable(template: Mapping[str, Json], patterns: Sequence[str], artifacts: str) -> str:
    """Return a text that is the same for templates of the same code.

    Without artifact keys (`artifacts` is their folder, with its timestamp), code hashes, version and
    deployment ids, and the value of the commit output; the code is compared by its content.
    """
    copy = json.loads(json.dumps(template))
    renamed: dict[str, str] = {}
    for name, resource in (copy.get("Resources") or {}).items():
        if isinstance(resource, dict):
            renamed |= _without_code_marks(name, resource, artifacts)
    for name in outputs(copy, *patterns):
        copy["Outputs"][name] = "the commit"
    text = json.dumps(copy, sort_keys=True)
    for old, new in renamed.items():
        text = text.replace(old, new)
    if artifacts:
        text = text.replace(artifacts, "ARTIFACTS")
    # The ids that were replaced were part of the order as well.
    return json.dumps(json.loads(_DEPLOYMENT_TIME.sub(r"\1", text)), sort_keys=True)


def _without_code_marks(name: str, resource: dict[str, Json], artifacts: str) -> dict[str, str]:
    """Take out what only stands for the code's bytes; return how a version's id is to be called instead."""
    kind, properties = resource.get("Type"), resource.get("Properties")
    if not isinstance(properties, dict):
        return {}
    if is_packaged(code_key(str(kind), properties), artifacts):
        del properties[_CODE[str(kind)]]["S3Key"]
    if kind != "AWS::Lambda::Version":
        return {}
    properties.pop("CodeSha256", None)
    function = properties.get("FunctionName")
    return {name: f"Version-{function['Ref']}"} if isinstance(function, dict) and "Ref" in function else {}


def code_key(kind: str, properties: Json) -> str:
    """Return the key in S3 of a function's or layer's code; empty where it is none that can be told."""
    code = properties.get(_CODE.get(kind, "")) if isinstance(properties, dict) else None
    key = code.get("S3Key") if isinstance(code, dict) else None
    return key if isinstance(key, str) else ""


def is_packaged(key: str, artifacts: str) -> bool:
    """Tell whether the CLI made up the key; a key that the service itself names says which code it runs."""
    return "/code-artifacts/" in key or bool(artifacts and artifacts in key)
