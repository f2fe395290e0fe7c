"""What each safeguard finds in a template, what it lets pass, and what only the deploy knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.config.schema.safeguards import Safeguards
from promote_tui.core.gates.safeguards import GATES
from promote_tui.core.model.team_rules import Safeguard
from promote_tui.core.safeguards.model import Finding, PackagedStack, SafeguardResult
from promote_tui.core.safeguards.registry import SAFEGUARDS, check_package

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.value import Json

DOCUMENT = Path(__file__).parents[4] / "docs/safeguards.md"


def found(
    name: str, resources: dict[str, Json], *values: str, tags: Sequence[str] = (), role: str | None = None
) -> list[str]:
    """What a safeguard says of a template with these resources, one that needs the deploy with a question mark."""
    stack = PackagedStack({"Resources": resources}, "orders", "prod", "eu-west-1", tuple(tags), role)
    (result,) = check_package(stack, [Safeguard(name, "require", values)])
    return [f"{each}{' ?' if each.unknown else ''}" for each in result.findings]


def function(**properties: Json) -> dict[str, Json]:
    """A function with these properties, named F."""
    return {"F": {"Type": "AWS::Lambda::Function", "Properties": properties}}


def role(*statements: dict[str, Json], **properties: Json) -> dict[str, Json]:
    """A role with these statements, named R."""
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}
    return {"R": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy], **properties}}}


def allow(action: Json, resource: Json = "*", **more: Json) -> dict[str, Json]:
    """A statement that allows an action on a resource."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


ARN = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":logs:*"]]}


@pytest.mark.parametrize(
    ("resources", "says"),
    [
        ({}, []),
        (role(allow("s3:GetObject")), []),
        (role(allow("*")), ["R: allows * on *"]),
        (role(allow("*", "arn:aws:s3:::b")), ["R: allows * on resources"]),
        (role(allow(["s3:GetObject", "dynamodb:*"])), ["R: allows dynamodb:* on *"]),
        (role(allow("s3:*", ["arn:aws:s3:::b/*"])), []),
        (role(allow("s3:*", ["arn:aws:s3:::b/*", "*"])), ["R: allows s3:* on *"]),
        (role(allow("logs:*", ARN)), []),
        (role(allow("s3:Get*")), []),
        (
            role({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            ["R: allows everything but what NotAction names"],
        ),
        (role({"Effect": "Allow", "Action": "s3:*", "NotResource": "x"}), ["R: allows s3:* on *"]),
        (role({"Effect": "Deny", "Action": "*", "Resource": "*"}), []),
        (role(allow({"Fn::If": ["c", "s3:GetObject", "*"]})), ["R: allows * on *"]),
        (role(allow({"Ref": "Action"})), ["R: an action is known only to the deploy ?"]),
        (role({"Fn::If": ["c", allow("*"), {"Ref": "AWS::NoValue"}]}), ["R: allows * on *"]),
        (
            role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
            ["R: has the managed policy AdministratorAccess"],
        ),
        (role(ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]), []),
        (
            {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": allow("*")}}}},
            ["P: allows * on *"],
        ),
        (
            {"P": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Ref": "Document"}}}},
            ["P: its policy is known only to the deploy ?"],
        ),
        ({"Q": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"PolicyDocument": {"Statement": allow("*")}}}}, []),
        ({"R": {"Type": "AWS::IAM::Role"}}, []),
    ],
)
def test_wildcard_iam(resources: dict[str, Json], says: list[str]) -> None:
    assert found("wildcard_iam", resources) == says


def environment(**variables: Json) -> dict[str, Json]:
    """A function with these variables."""
    return function(Environment={"Variables": variables})


NAMED = "F: {} has a secret's name, and its value is in the template"
LOOKS = "F: {} looks like a secret"
RESOLVED = "F: {} would hold a resolved secret in plain text"


@pytest.mark.parametrize(
    ("resources", "says"),
    [
        (function(), []),
        (environment(STAGE="prod", TABLE="orders"), []),
        (environment(DB_PASSWORD="hunter2"), [NAMED.format("DB_PASSWORD")]),
        (environment(dbPassword="hunter2"), [NAMED.format("dbPassword")]),
        (environment(DB_PASSWORD={"Fn::If": ["c", "hunter2", {"Ref": "P"}]}), [NAMED.format("DB_PASSWORD")]),
        (environment(DB_PASSWORD={"Ref": "Password"}), []),
        (environment(DB_PASSWORD=""), []),
        (environment(SECRET_ARN="arn:aws:secretsmanager:eu-west-1:1:secret:x"), []),
        (environment(SECRET="arn:aws:secretsmanager:eu-west-1:1:secret:x"), []),
        (environment(TOKEN="/orders/prod/token"), []),
        (environment(SECRET_NAME="orders-db", TOKEN_TABLE="tokens", API_KEY_HEADER="x-api-key"), []),
        (environment(TOKEN_SECONDS="3600", TOKEN_MAX="12"), []),
        (environment(X="AKIAIOSFODNN7EXAMPLE"), [LOOKS.format("X")]),
        (environment(X="-----BEGIN RSA PRIVATE KEY-----\nabc"), [LOOKS.format("X")]),
        (environment(X="ghp_0123456789abcdefghij0123"), [LOOKS.format("X")]),
        (environment(X="sk_live_0123456789abcdef"), [LOOKS.format("X")]),
        (environment(X="postgres://app:hunter2@db.example/orders"), [LOOKS.format("X")]),
        (environment(X={"Fn::Sub": "postgres://app:hunter2@${Host}/orders"}), [LOOKS.format("X")]),
        (environment(X="https://db.example/orders"), []),
        (environment(X="{{resolve:secretsmanager:orders:SecretString:password}}"), [RESOLVED.format("X")]),
        (environment(X={"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "S"}, "}}"]]}), [RESOLVED.format("X")]),
        (environment(X="{{resolve:ssm:/orders/url}}"), []),
        (
            function(Environment={"Variables": {"Fn::FindInMap": ["a", "b", "c"]}}),
            ["F: its environment is known only to the deploy ?"],
        ),
    ],
)
def test_secrets_in_environment(resources: dict[str, Json], says: list[str]) -> None:
    assert found("secrets_in_environment", resources) == says


@pytest.mark.parametrize("value", ["hunter2", "AKIAIOSFODNN7EXAMPLE", "postgres://app:hunter2@db.example/orders"])
def test_no_finding_holds_a_value(value: str) -> None:
    assert value not in str(found("secrets_in_environment", environment(DB_PASSWORD=value)))


def bucket(**properties: Json) -> dict[str, Json]:
    """A bucket with these properties, named B."""
    return {"B": {"Type": "AWS::S3::Bucket", "Properties": properties}}


def bucket_policy(**statement: Json) -> dict[str, Json]:
    """A policy of the bucket B with one statement."""
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", **statement}]}
    properties = {"Bucket": {"Ref": "B"}, "PolicyDocument": document}
    return {"P": {"Type": "AWS::S3::BucketPolicy", "Properties": properties}}


@pytest.mark.parametrize(
    ("resources", "says"),
    [
        (bucket(), []),
        (bucket(AccessControl="Private"), []),
        (bucket(AccessControl="PublicRead"), ["B: has the access control list PublicRead"]),
        (bucket(AccessControl={"Ref": "Acl"}), ["B: its access control list is known only to the deploy ?"]),
        (bucket(PublicAccessBlockConfiguration={"BlockPublicAcls": True}), []),
        (bucket(PublicAccessBlockConfiguration={"BlockPublicPolicy": False}), ["B: BlockPublicPolicy is switched off"]),
        (bucket(PublicAccessBlockConfiguration={"BlockPublicAcls": "false"}), ["B: BlockPublicAcls is switched off"]),
        (
            bucket(PublicAccessBlockConfiguration={"BlockPublicAcls": {"Ref": "Block"}}),
            ["B: BlockPublicAcls is known only to the deploy ?"],
        ),
        (bucket_policy(Principal="*"), ["B: its policy allows everybody"]),
        (bucket_policy(Principal={"AWS": "*"}), ["B: its policy allows everybody"]),
        (bucket_policy(Principal={"AWS": ["*"]}), ["B: its policy allows everybody"]),
        (bucket_policy(NotPrincipal={"AWS": "111111111111"}), ["B: its policy allows everybody"]),
        (bucket_policy(Principal={"Service": "cloudfront.amazonaws.com"}), []),
        (bucket_policy(Principal="*", Effect="Deny"), []),
        (
            bucket_policy(Principal="*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            ["B: its policy allows everybody under a condition ?"],
        ),
    ],
)
def test_public_buckets(resources: dict[str, Json], says: list[str]) -> None:
    assert found("public_buckets", resources) == says


def invoked(by: Json, **properties: Json) -> dict[str, Json]:
    """A function that a service may invoke."""
    permission = {"FunctionName": {"Fn::GetAtt": ["F", "Arn"]}, "Principal": by}
    return {**function(**properties), "I": {"Type": "AWS::Lambda::Permission", "Properties": permission}}


LOST = "F: is invoked by {} without a dead-letter queue or a destination of failures"


def mapping(source: Json, **properties: Json) -> dict[str, Json]:
    """A mapping of a source's events to the function, named M."""
    return {"M": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": source, **properties}}}


TABLE = {"T": {"Type": "AWS::DynamoDB::Table"}}
QUEUE = {"Q": {"Type": "AWS::SQS::Queue"}}
STREAM = {"Fn::GetAtt": ["T", "StreamArn"]}
FAILURES = {"OnFailure": {"Destination": {"Fn::GetAtt": ["Q", "Arn"]}}}


@pytest.mark.parametrize(
    ("resources", "says"),
    [
        (function(), []),
        (invoked("apigateway.amazonaws.com"), []),
        (invoked("s3.amazonaws.com"), [LOST.format("s3")]),
        (invoked({"Fn::Join": ["", ["events.", {"Ref": "AWS::URLSuffix"}]]}), [LOST.format("events")]),
        (invoked("sns.amazonaws.com", DeadLetterConfig={"TargetArn": "arn:aws:sqs:eu-west-1:1:q"}), []),
        (
            {
                **invoked("sns.amazonaws.com"),
                **QUEUE,
                "C": {
                    "Type": "AWS::Lambda::EventInvokeConfig",
                    "Properties": {"FunctionName": {"Ref": "F"}, "DestinationConfig": FAILURES},
                },
            },
            [],
        ),
        ({**TABLE, **mapping(STREAM)}, ["M: reads a stream without a destination of failures"]),
        (mapping("arn:aws:kinesis:eu-west-1:1:stream/s"), ["M: reads a stream without a destination of failures"]),
        ({**TABLE, **QUEUE, **mapping(STREAM, DestinationConfig=FAILURES)}, []),
        (mapping("arn:aws:sqs:eu-west-1:1:q"), []),
        (QUEUE, ["Q: is a queue without a dead-letter queue"]),
        (
            {
                **QUEUE,
                "W": {
                    "Type": "AWS::SQS::Queue",
                    "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Q", "Arn"]}}},
                },
            },
            [],
        ),
        (
            {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"RedriveAllowPolicy": {"redrivePermission": "allowAll"}}}},
            [],
        ),
    ],
)
def test_dead_letter(resources: dict[str, Json], says: list[str]) -> None:
    assert found("dead_letter", resources) == says


@pytest.mark.parametrize(
    ("runtime", "says"),
    [
        ("nodejs22.x", []),
        ("nodejs16.x", ["F: runs on nodejs16.x; allowed: nodejs22.x, python3.13"]),
        ({"Fn::If": ["c", "python3.13", "python3.8"]}, ["F: runs on python3.8; allowed: nodejs22.x, python3.13"]),
        ({"Ref": "Runtime"}, ["F: its runtime is known only to the deploy ?"]),
        (None, []),
    ],
)
def test_runtimes(runtime: Json, says: list[str]) -> None:
    given = function(**({"Runtime": runtime} if runtime else {"PackageType": "Image"}))
    assert found("runtimes", given, "nodejs22.x", "python3.13") == says


@pytest.mark.parametrize(
    ("allowed", "says"),
    [
        (("eu-west-1",), []),
        (("eu-central-1", "us-east-1"), ["the stack: would be in eu-west-1; allowed: eu-central-1, us-east-1"]),
    ],
)
def test_regions(allowed: tuple[str, ...], says: list[str]) -> None:
    assert found("regions", {}, *allowed) == says


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("orders-prod-hello", []),
        ("orders-dev-hello", ["F: is named orders-dev-hello, which is not orders-prod-*"]),
        (None, ["F: has no name of its own"]),
        ({"Fn::Sub": "orders-prod-hello"}, []),
        ({"Fn::Sub": "orders-${Stage}-hello"}, ["F: its name is known only to the deploy ?"]),
    ],
)
def test_function_names(name: Json, says: list[str]) -> None:
    given = function(**({"FunctionName": name} if name else {}))
    assert found("function_names", given, "{service}-{stage}-*") == says


def test_stack_tags() -> None:
    assert found("stack_tags", {}, "team", tags=["team", "STAGE"]) == []
    assert found("stack_tags", {}, "team", "cost", tags=["STAGE"]) == ["the stack: has no stack tag team, cost"]


@pytest.mark.parametrize(
    ("network", "says"),
    [
        ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, []),
        ({"VpcConfig": {"SubnetIds": {"Fn::Split": [",", {"Ref": "Subnets"}]}}}, []),
        ({"VpcConfig": {"SubnetIds": []}}, ["F: is in no VPC"]),
        ({}, ["F: is in no VPC"]),
        ({"VpcConfig": {"Fn::If": ["c", {"SubnetIds": ["subnet-1"]}, {"Ref": "AWS::NoValue"}]}}, ["F: is in no VPC"]),
        ({"VpcConfig": {"Fn::FindInMap": ["a", "b", "c"]}}, ["F: its VPC is known only to the deploy ?"]),
    ],
)
def test_vpc(network: dict[str, Json], says: list[str]) -> None:
    assert found("vpc", function(**network)) == says


def test_deployment_role() -> None:
    assert found("deployment_role", {}, role="arn:aws:iam::111111111111:role/cloudformation") == []
    assert found("deployment_role", {}) == [
        "the stack: names no deployment role, so CloudFormation acts as whoever deploys"
    ]


def group(name: Json, **properties: Json) -> dict[str, Json]:
    """A log group, named G."""
    return {"G": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name, **properties}}}


HELLO = function(FunctionName="hello")


@pytest.mark.parametrize(
    ("resources", "says"),
    [
        ({**HELLO, **group("/aws/lambda/hello", RetentionInDays=30)}, []),
        ({**HELLO, **group("/aws/lambda/hello")}, ["G: never expires"]),
        (
            {**HELLO, **group("/aws/lambda/hello", RetentionInDays={"Ref": "Days"})},
            ["G: its retention is known only to the deploy ?"],
        ),
        (HELLO, ["F: its log group is not in the stack, and would never expire"]),
        (function(FunctionName="hello", LoggingConfig={"LogGroup": "shared"}), []),
        (
            {**HELLO, **group({"Ref": "Name"}, RetentionInDays=30)},
            ["F: the name of its log group is known only to the deploy ?"],
        ),
    ],
)
def test_log_retention(resources: dict[str, Json], says: list[str]) -> None:
    assert found("log_retention", resources) == says


@pytest.mark.parametrize("name", SAFEGUARDS)
@pytest.mark.parametrize(
    "resources",
    [
        {},
        {"F": None, "G": "x", "H": {"Type": "AWS::Lambda::Function", "Properties": None}},
        function(Environment=[], VpcConfig=[], FunctionName=["x"], Runtime={"a": 1, "b": 2}),
        role({"Effect": None, "Action": {"a": 1}}, ManagedPolicyArns="x"),
        {"P": {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": {"Statement": "x"}, "Bucket": 1}}},
    ],
)
def test_a_template_that_nobody_expects_breaks_nothing(name: str, resources: dict[str, Json]) -> None:
    assert isinstance(found(name, resources, "x"), list)


def test_each_is_a_setting_a_gate_and_a_row_of_the_document() -> None:
    names = [*SAFEGUARDS]
    assert [name for name in Safeguards.model_fields if name != "commands"] == names
    assert [gate.config_name() for gate in GATES] == [*names, "safeguard_commands"]
    rows = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(), re.MULTILINE)
    assert rows == names


def test_only_what_a_stage_asks_for_is_looked_at() -> None:
    stack = PackagedStack({"Resources": role(allow("*"))}, "orders", "prod", "eu-west-1")
    assert check_package(stack, []) == ()
    (result,) = check_package(stack, [Safeguard("wildcard_iam", "warn")])
    assert result == SafeguardResult("wildcard_iam", "warn", (Finding("R", "allows * on *"),))
