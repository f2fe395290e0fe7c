"""Every call that is made stands in the policies of docs/iam.md, and every right that they give is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.iam_document import right, rights

if TYPE_CHECKING:
    from tests.support.faults import Faults
    from tests.support.workspace import Workspace

pytestmark = [pytest.mark.aws, pytest.mark.cli]

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


def test_nothing_else_is_called(workspace: Workspace, faults: Faults) -> None:
    look, promote = rights("To read"), rights("To promote")
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
    assert calls("plan", "orders", "--to", "dev") <= look | rights("The role of pull requests")
    for words in (("status",), ("log", "orders"), ("drift", "--read-only"), ("doctor", "--stage", "dev")):
        assert calls(*words) <= look
    assert calls("describe", "orders", "dev") <= look
    logs = calls("describe", "orders", "dev", "--logs") - look
    assert logs == rights("To read logs")
    used -= logs
    assert calls("notes", "orders", "--from", "dev", "--to", "staging") <= look
    assert calls("drift") <= look | promote
    assert calls("drift", "--read-only") <= look
    assert used <= look | promote
    assert (look | promote) - used == SELDOM.keys()
