"""Which files a service's resources are written in."""

from __future__ import annotations

import pytest

from promote_tui.adapters.serverless.source_map import config_candidates, file_references, read_source_map
from promote_tui.core.changes.source_map import SourcePlace

MAIN = """\
service: orders
provider:
  name: aws
  environment: ${file(env.yml):${sls:stage}}
  iam:
    role:
      statements: ${file(rights.yml)}
functions:
  pay-out:
    handler: src/pay.out   # pays
    environment:
      JOBS: ${file(urls.yml):jobs}
  pay:
    handler: "src/pay.handler"
  image:
    image: x
  more: ${file(./functions/more.yml):more}
  # hidden:
resources:
  - Resources:
      OrdersTable:
        Type: AWS::DynamoDB::Table
      Twice:
        Type: AWS::SNS::Topic
      Whole: ${file(whole.yml)}
      Part:
        Type: AWS::SNS::Topic
        Properties: ${file(part.yml):part}
    Outputs:
      Jobs:
        Value: !Ref Jobs
  - ${file(resources/queues.yml)}
  - extensions:
      PayLambdaFunction:
        Properties: {Timeout: 9}
"""
QUEUES = """\
"Resources":
  "Jobs":
    "Type": AWS::SQS::Queue
  OrdersQueue: {Type: AWS::SQS::Queue}
  Twice: {'Type': AWS::SQS::Queue}
  ImageLogGroup:
    Properties: {RetentionInDays: 3}
"""
JSON = """\
{
  "resources": {
    "Resources": {
      "Orders": {
        "Type": "AWS::SNS::Topic"
      }
    }
  }
}
"""
FILES = {
    "orders/serverless.yml": MAIN,
    "orders/resources/queues.yml": QUEUES,
    "orders/functions/more.yml": "more:\n  handler: a.b\nless:\n  handler: c.d\n",
    "orders/env.yml": "dev:\n  OrdersTable: x\n  handler: y\npay:\n  X: 1\n",
    "orders/whole.yml": "Type: AWS::SNS::Topic\nProperties:\n  DisplayName: x\n",
}
WRITTEN = read_source_map("orders/serverless.yml", FILES)
ITS = "orders/serverless.yml"


@pytest.mark.parametrize(
    ("logical_id", "paths"),
    [
        ("OrdersTable", (ITS,)),
        ("Jobs", ("orders/resources/queues.yml",)),
        ("OrdersQueue", ("orders/resources/queues.yml",)),
        ("Whole", ("orders/whole.yml",)),
        ("Part", (ITS, "orders/part.yml")),
        ("PayLambdaFunction", (ITS,)),
        ("PayDashoutLogGroup", (ITS, "orders/urls.yml")),
        ("PayDashoutLambdaPermissionEventsRuleSchedule1", (ITS, "orders/urls.yml")),
        ("HttpApiIntegrationPay", (ITS,)),
        ("ImageLogGroup", ("orders/resources/queues.yml", ITS)),
        ("MoreLambdaFunction", ("orders/functions/more.yml",)),
        ("IamRoleLambdaExecution", (ITS, "orders/rights.yml")),
        ("ServerlessDeploymentBucket", (ITS,)),
    ],
)
def test_a_resource_is_written_where_it_stands_or_its_function(logical_id: str, paths: tuple[str, ...]) -> None:
    found = WRITTEN.place(logical_id)
    assert found is not None
    assert found.paths == paths


@pytest.mark.parametrize(
    "logical_id",
    [
        "Twice",  # in two files
        "HttpApi",  # of functions in two files
        "PayTable",  # a plugin's, for all we know
        "PayeeLambdaFunction",
        "LessLambdaFunction",
        "HiddenLambdaFunction",
        "DevLambdaFunction",
        "PayIamRoleLambdaExecution",
        "Nowhere",
        "Properties",
        "",
    ],
)
def test_what_is_not_known_is_not_told(logical_id: str) -> None:
    assert WRITTEN.place(logical_id) is None


def test_the_code_of_a_function_is_told_by_its_handler() -> None:
    handlers = {name: place.handler for name, place in WRITTEN.functions.items()}
    assert handlers == {"pay-out": "orders/src/pay", "pay": "orders/src/pay", "image": "", "more": "orders/a"}


@pytest.mark.parametrize(
    ("functions", "more", "names"),
    [
        ("functions: ${file(f.yml)}", "pay:\n  handler: a.b\n", {"pay": "f.yml"}),
        ("functions: ${file(f.yml):functions}", "functions:\n  pay:\n    handler: a.b\n", {"pay": "f.yml"}),
        (
            "functions:\n  - ${file(f.yml)}\n  - get:\n      handler: a.b\n",
            "pay:\n  handler: a.b\n",
            {"pay": "f.yml", "get": "s.yml"},
        ),
        ("functions:\n  pay: ${file(f.yml)}", "handler: a.b\n", {"pay": "f.yml"}),
        ("functions:\n  pay: ${file(none.yml)}", "", {"pay": "none.yml"}),
        ("functions: ${file(s.yml):functions}", "", {}),
        ("functions: [", "", {}),
    ],
)
def test_functions_stand_in_the_file_that_they_are_included_from(
    functions: str, more: str, names: dict[str, str]
) -> None:
    found = read_source_map("s.yml", {"s.yml": functions, "f.yml": more}).functions
    assert {name: place.paths[0] for name, place in found.items()} == names


def test_where_all_stands_in_one_file_so_does_the_api() -> None:
    text = "provider:\n  name: aws\nfunctions:\n  pay:\n    handler: a.b\n"
    one = read_source_map("serverless.yml", {"serverless.yml": text})
    for logical_id in ("HttpApi", "HttpApiRouteGetPay", "ApiGatewayRestApi", "ApiGatewayMethodPayGet"):
        assert one.place(logical_id) == SourcePlace(("serverless.yml",)), logical_id
    assert one.place("ApiGatewayOfAPlugin") is None


@pytest.mark.parametrize("text", [JSON, f"\ufeff{JSON}", JSON.replace("  ", "\t"), JSON.replace("\n", "\r\n")])
def test_json_is_read_where_it_has_lines(text: str) -> None:
    assert read_source_map("s.json", {"s.json": text}).place("Orders") == SourcePlace(("s.json",))


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a: ${file(b.yml)}", ("orders/b.yml",)),
        ("a: ${file(./b.yml):c.d, 'x'}\nb: ${file( '../shared/c.json' )}", ("orders/b.yml", "shared/c.json")),
        ("a: ${file(b.yml)}\nb: ${file(b.yml)}", ("orders/b.yml",)),
        ("a: ${file(../../etc/passwd)}", ()),
        ("a: ${file(../..)}", ()),
        ("a: ${file(/etc/passwd)}", ()),
        ("a: ${file(./${sls:stage}.yml)}", ()),
        ("a: ${file()}", ()),
        ("a: ${file('')}", ()),
        ("nothing", ()),
    ],
)
def test_includes_are_files_of_the_repository(text: str, paths: tuple[str, ...]) -> None:
    assert file_references(text, "orders") == paths


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("", ("serverless.yml", "serverless.yaml", "serverless.json")),
        ("other.yml", ("other.yml",)),
        ("other.json", ("other.json",)),
        ("serverless.ts", ()),
        ("../other.yml", ()),
    ],
)
def test_the_configuration_is_the_one_that_the_cli_takes(file: str, names: tuple[str, ...]) -> None:
    assert config_candidates(file) == names


@pytest.mark.parametrize(
    "text",
    [
        "functions\n",
        "\x00\n: :\n- -\n",
        "a:\n" * 5000,
        "- " * 5000,
        "\n".join(f"{' ' * depth}a:" for depth in range(2000)),
        "${file(" + " " * 100_000,
        "functions: ${file(s.yml)}\n",
    ],
)
def test_whatever_a_file_holds_is_only_text(text: str) -> None:
    assert read_source_map("s.yml", {"s.yml": text}).place("JobsLambdaFunction") is None
