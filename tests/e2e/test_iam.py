"""Every call that is made stands in the policies of docs/iam.md, and every right that they give is used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.faults import Call, Faults, fault_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]

DOCS = Path(__file__).parents[2] / "docs" / "iam.md"
HANDLER = {"api": {"handler": "src.handler"}}
SELDOM = {
    "cloudformation:CancelUpdateStack": "a person stops a run: tests/e2e/test_recovery.py",
    "cloudformation:ListImports": "an export goes away: tests/e2e/test_review.py",
    "cloudtrail:LookupEvents": "somebody else has updated a stack: tests/e2e/test_outsiders.py",
    "cloudwatch:DescribeAlarms": "a stage names alarms: tests/e2e/test_proving.py",
    "lambda:GetFunctionConfiguration": "a function has an alias: tests/e2e/test_traffic.py",
    "lambda:ListAliases": "a function has an alias: tests/e2e/test_traffic.py",
    "cloudformation:SetStackPolicy": "serverless.yml has a stackPolicy",
    "s3:DeleteObject": "a template of more than 51,200 bytes, or the CLI clears old artifacts",
}
"""Rights that the calls below have no use for, and what has."""


_OF_LAMBDA = {
    "functions": "lambda:ListFunctions",
    "aliases": "lambda:ListAliases",
    "configuration": "lambda:GetFunctionConfiguration",
}
"""What a request to Lambda is, by the end of its path."""


def policies() -> tuple[set[str], set[str]]:
    """Return the actions of the two policies: to look, to promote."""
    found = [
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    ]
    look, promote = (
        {action for each in policy["Statement"] for action in _listed(each["Action"])} for policy in found[:2]
    )
    return look, promote


def of_pull_requests() -> set[str]:
    """Return the actions that the role of pull requests gets besides looking."""
    return under("The role of pull requests")


def under(heading: str) -> set[str]:
    """Return the actions of the policy that stands first under a heading."""
    text = DOCS.read_text(encoding="utf-8").partition(f"# {heading}\n")[2]
    (statement,) = json.loads(text.partition("```json\n")[2].partition("```")[0])["Statement"]
    return set(_listed(statement["Action"]))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def right(call: Call) -> str:
    """Return the permission that a call needs; see "Actions, resources, and condition keys" of each service."""
    if call.service == "lambda":
        *_, last = call.path.rstrip("/").split("/")
        return _OF_LAMBDA.get(last, "lambda:GetFunction")
    if call.service != "s3":
        return f"{call.service}:{call.action}"
    if call.path.strip("/").count("/") == 0:
        return "s3:ListBucket"
    return {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}[
        call.method
    ]


@pytest.fixture
def faults(workspace: Workspace) -> Iterator[Faults]:
    """A proxy that all calls of the workspace go through."""
    with fault_proxy(workspace.emulator.url) as proxy:
        workspace.environment["AWS_ENDPOINT_URL"] = proxy.url
        yield proxy


def test_nothing_else_is_called(workspace: Workspace, faults: Faults) -> None:
    look, promote = policies()
    used: set[str] = set()

    def calls(*words: str) -> set[str]:
        del faults.calls[:]
        done = workspace.run(*words)
        assert done.returncode == 0, done.stderr
        found = {right(call) for call in faults.calls} - {"sts:GetCallerIdentity"}
        used.update(found)
        return found

    for text in ("first", "second"):
        handler = {"src.js": f"exports.handler = async () => '{text}';\n"}
        workspace.commit(text, None, handler, functions=HANDLER)
        assert calls("plan", "orders", "--to", "dev", "--read-only") <= look
        assert calls("promote", "orders", "--to", "dev", "--yes") <= look | promote
    calls("promote", "orders", "--to", "staging", "--yes")
    workspace.commit("third", None, {"src.js": "exports.handler = async () => '3';\n"}, functions=HANDLER)
    assert calls("plan", "orders", "--to", "dev") <= look | of_pull_requests()
    for words in (("status",), ("log", "orders"), ("drift", "--read-only"), ("doctor", "--stage", "dev")):
        assert calls(*words) <= look
    assert calls("describe", "orders", "dev") <= look
    logs = calls("describe", "orders", "dev", "--logs") - look
    assert logs == under("To read logs")
    used -= logs
    assert calls("notes", "orders", "--from", "dev", "--to", "staging") <= look
    assert calls("drift") <= look | promote
    assert calls("drift", "--read-only") <= look
    assert used <= look | promote
    assert (look | promote) - used == SELDOM.keys()
