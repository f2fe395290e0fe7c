"""The policies of docs/iam.md, and which right each call needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.aliases import Json
    from tests.support.faults import Call

_TEXT = (Path(__file__).parents[2] / "docs/iam.md").read_text(encoding="utf-8")

_OF_LAMBDA = {
    "functions": "lambda:ListFunctions",
    "aliases": "lambda:ListAliases",
    "configuration": "lambda:GetFunctionConfiguration",
}
"""What a request to Lambda is, by the end of its path."""


def documented(heading: str) -> Json:
    """Return the policy that stands first under a heading of the document."""
    text = _TEXT.partition(f"# {heading}\n")[2]
    return json.loads(text.partition("```json\n")[2].partition("```")[0])


def actions(statements: Iterable[Json]) -> set[str]:
    """Return every action that statements are about."""
    listed = [each["Action"] for each in statements]
    return {action for each in listed for action in ([each] if isinstance(each, str) else each)}


def rights(*headings: str) -> set[str]:
    """Return the actions of the policies under these headings."""
    return {action for heading in headings for action in actions(documented(heading)["Statement"])}


def right(call: Call) -> str:
    """Return the permission that a call needs; see "Actions, resources, and condition keys" of each service."""
    if call.service == "lambda":
        *_, last = call.path.rstrip("/").split("/")
        return _OF_LAMBDA.get(last, "lambda:GetFunction")
    if call.service != "s3":
        return f"{call.service}:{call.action}"
    if call.path.strip("/").count("/") == 0:
        return _of_bucket(call)
    return {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}[
        call.method
    ]


def _of_bucket(call: Call) -> str:
    """Return what a call on a whole bucket needs: what is listed has a type, but for versions."""
    if call.method == "POST":
        return "s3:DeleteObjectVersion"
    versions = call.method == "GET" and "list-type" not in call.parameters
    return "s3:ListBucketVersions" if versions else "s3:ListBucket"
