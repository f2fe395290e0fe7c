"""Which file a resource is written in, and which commits of a range touched it."""

from __future__ import annotations

import pytest

from promote_tui.core.changes import ResourceChange
from promote_tui.core.origins import Written, included, traced
from tests.core.values import A, B, C, commit

MAIN = """\
service: orders
provider:
  name: aws
  environment: ${file(env.yml):${sls:stage}}
functions:
  pay-out:
    handler: src/pay.handler
  pay:
    handler: src/pay.handler
  more: ${file(./functions/more.yml):more}
  # hidden:
resources:
  - Resources:
      OrdersTable:
        Type: AWS::DynamoDB::Table
  - ${file(resources/queues.yml)}
"""
QUEUES = '"Resources":\n  "Jobs":\n    "Type": AWS::SQS::Queue\n  OrdersQueue: {Type: AWS::SQS::Queue}\n'
WRITTEN = Written(
    "orders/serverless.yml",
    {
        "orders/serverless.yml": MAIN,
        "orders/resources/queues.yml": QUEUES,
        "orders/functions/more.yml": "send_mail:\n  handler: a.b\n",
        "orders/env.yml": "dev: {}\nTwice: 1\n",
        "orders/other.yml": "Twice: 1\n",
    },
)


@pytest.mark.parametrize(
    ("logical_id", "file"),
    [
        ("OrdersTable", "orders/serverless.yml"),
        ("Jobs", "orders/resources/queues.yml"),
        ("OrdersQueue", "orders/resources/queues.yml"),
        ("PayLambdaFunction", "orders/serverless.yml"),
        ("PayDashoutLogGroup", "orders/serverless.yml"),
        ("SendUnderscoremailLambdaFunction", "orders/functions/more.yml"),
        ("IamRoleLambdaExecution", "orders/serverless.yml"),
        ("Twice", None),
        ("PayeeTable", None),
        ("ApiGatewayRestApi", None),
        ("HiddenLambdaFunction", None),
    ],
)
def test_a_resource_comes_from_the_one_file_that_names_it_or_its_function(logical_id: str, file: str | None) -> None:
    assert WRITTEN.file_of(logical_id) == file


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a: ${file(b.yml)}", ("orders/b.yml",)),
        ("a: ${file(./b.yml):c.d, 'x'}\nb: ${file('../shared/c.json')}", ("orders/b.yml", "shared/c.json")),
        ("a: ${file(b.yml)}\nb: ${file(b.yml)}", ("orders/b.yml",)),
        ("a: ${file(../../etc/passwd)}", ()),
        ("a: ${file(/etc/passwd)}", ()),
        ("a: ${file(./${sls:stage}.yml)}", ()),
        ("a: ${file()}", ()),
        ("nothing", ()),
    ],
)
def test_includes_are_files_of_the_repository(text: str, paths: tuple[str, ...]) -> None:
    assert included(text, "orders") == paths


def test_a_change_names_the_commits_of_the_range_that_touched_its_file() -> None:
    touched = {"orders/resources/queues.yml": (A, C), "orders/serverless.yml": (B,)}
    commits = (commit(C, "Newest"), commit(B), commit(A))
    changes = [
        ResourceChange("Jobs", "AWS::SQS::Queue", "modify"),
        ResourceChange("OrdersTable", "AWS::DynamoDB::Table", "add"),
        ResourceChange("ApiGatewayRestApi", "AWS::ApiGateway::RestApi", "modify"),
        ResourceChange("Gone", "AWS::SNS::Topic", "remove"),
    ]
    before = Written("orders/serverless.yml", {"orders/serverless.yml": "resources:\n  Resources:\n    Gone:\n"})
    found = traced(changes, commits, touched, WRITTEN, before)
    assert [[one.sha for one in each.origins] for each in found] == [[C, A], [B], [], [B]]


def test_of_a_configuration_that_is_a_program_nothing_is_known() -> None:
    (found,) = traced([ResourceChange("Jobs", "AWS::SQS::Queue", "modify")], (commit(),), {"a": (B,)}, None, None)
    assert found.origins == ()


@pytest.mark.parametrize("text", ["", "functions:", "functions\n", "\x00\n: :\n- -\n", "functions: [", "a:\n" * 5000])
def test_whatever_a_file_holds_is_only_text(text: str) -> None:
    assert Written("serverless.yml", {"serverless.yml": text}).file_of("JobsLambdaFunction") is None
