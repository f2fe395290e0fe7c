"""Templates, change sets, exports and drift of real stacks: what is asked of AWS, and what a refusal comes to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.cloudformation.inspector import StackInspection
from promote_tui.adapters.aws.cloudformation.refusals import change_set_failure
from promote_tui.adapters.aws.lambda_functions import LambdaFunctions
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.adapters.serverless.facts import FACTS
from promote_tui.core.changes.changeset import from_change_set
from promote_tui.core.changes.model import Cause, SetChange
from promote_tui.core.errors import AwsError, TemplateError
from promote_tui.core.package.package import Submission
from tests.support.aws_stacks import REGION, AwsStacks, client, target, use_profiles
from tests.support.faults import Faults, drop_reply, drop_request, fault_proxy, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mypy_boto3_cloudformation import CloudFormationClient

    from promote_tui.core.model.pipeline import Target
    from promote_tui.demo.emulator import Emulator
    from tests.support.aliases import Json

pytestmark = pytest.mark.aws

QUICK = Limits(connect=30, read=60, attempts=2, patience=0.3)
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs", "VisibilityTimeout": 30}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "orders"}}
TABLE = {
    "Type": "AWS::DynamoDB::Table",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    },
}
BASE: dict[str, Any] = {"Jobs": QUEUE, "Topic": TOPIC, "Orders": TABLE}
OUTPUTS = {"Arn": {"Value": {"Ref": "Topic"}, "Export": {"Name": "orders-topic"}}, "Plain": {"Value": "1"}}


def body(resources: dict[str, Any] = BASE, **parts: Json) -> str:
    """Return a template as JSON."""
    return json.dumps({"Resources": resources, "Outputs": OUTPUTS, **parts})


def changed(resource: dict[str, Any], **properties: Json) -> dict[str, Any]:
    """Return the resource with other properties."""
    return {**resource, "Properties": {**resource["Properties"], **properties}}


@pytest.fixture
def faults(aws: Emulator) -> Iterator[Faults]:
    with fault_proxy(aws.url) as proxy:
        yield proxy


@pytest.fixture
def orders(aws: Emulator, faults: Faults, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A stack, read through the proxy."""
    use_profiles(tmp_path / "config", faults.url, monkeypatch, account)
    found = target("orders", account)
    direct(aws, account).create_stack(StackName=found.stack, TemplateBody=body())
    AwsStacks(aws.url, {}).until(found, "CREATE_COMPLETE")
    return found


@pytest.fixture
def inspector(orders: Target) -> StackInspection:
    assert orders.stack
    return StackInspection(AwsAccounts(SystemClock(), QUICK), FACTS)


def direct(aws: Emulator, account: str) -> CloudFormationClient:
    """Return a client that goes past the proxy."""
    return client(aws.url, account)


def sets(aws: Emulator, orders: Target) -> list[str]:
    """Return the names of the change sets that are left."""
    found = direct(aws, orders.aws.account).list_change_sets(StackName=orders.stack)["Summaries"]
    return [each["ChangeSetName"] for each in found]


def test_the_template_is_as_it_was_submitted(inspector: StackInspection, orders: Target) -> None:
    assert inspector.template(orders, orders.stack) == json.loads(body())


def test_a_template_in_yaml_is_read_with_its_short_forms(
    inspector: StackInspection, orders: Target, aws: Emulator
) -> None:
    text = (
        "Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: !Sub '${AWS::StackName}'}\n"
        "Outputs:\n  A: {Value: !Ref Topic}\n  B: {Value: !GetAtt Topic.TopicName}\n  C: {Value: !Join [',', [a, b]]}\n"
    )
    direct(aws, orders.aws.account).update_stack(StackName=orders.stack, TemplateBody=text)
    AwsStacks(aws.url, {}).until(orders, "UPDATE_COMPLETE")
    found = inspector.template(orders, orders.stack)
    assert found["Resources"]["Topic"]["Properties"] == {"DisplayName": {"Fn::Sub": "${AWS::StackName}"}}
    assert [each["Value"] for each in found["Outputs"].values()] == [
        {"Ref": "Topic"},
        {"Fn::GetAtt": ["Topic", "TopicName"]},
        {"Fn::Join": [",", ["a", "b"]]},
    ]


def test_a_change_set_tells_what_is_added_changed_and_removed_and_is_gone(
    inspector: StackInspection, orders: Target, aws: Emulator, faults: Faults
) -> None:
    wanted = {
        "Jobs": changed(QUEUE, VisibilityTimeout=60),
        "Orders": changed(TABLE, KeySchema=[{"AttributeName": "tenant", "KeyType": "HASH"}]),
        "More": TOPIC,
    }
    found = inspector.change_set(orders, orders.stack, Submission(body(wanted, Outputs={})), "promote-tui-x1")
    by_id = {each.logical_id: each for each in found}
    assert by_id["Jobs"] == SetChange(
        "Jobs", "AWS::SQS::Queue", "modify", "false", (("VisibilityTimeout", "Never"),), ()
    )
    assert (by_id["Orders"].action, by_id["Orders"].replacement) == ("modify", "conditional")
    assert [by_id[name].action for name in ("More", "Topic")] == ["add", "remove"]
    assert sets(aws, orders) == []
    stack = direct(aws, orders.aws.account).describe_stacks(StackName=orders.stack)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert {each for each in faults.actions if not each.startswith("sts:")} == {
        "cloudformation:CreateChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DeleteChangeSet",
    }


def test_what_refers_to_the_arn_of_a_changed_resource_is_conditional_and_says_why(
    inspector: StackInspection, orders: Target, aws: Emulator
) -> None:
    endpoint = {"Fn::GetAtt": ["Jobs", "Arn"]}
    listens = {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": endpoint}
    before = {**BASE, "Listens": {"Type": "AWS::SNS::Subscription", "Properties": listens}}
    direct(aws, orders.aws.account).update_stack(StackName=orders.stack, TemplateBody=body(before))
    AwsStacks(aws.url, {}).until(orders, "UPDATE_COMPLETE")
    after = {**before, "Jobs": changed(QUEUE, VisibilityTimeout=60)}
    rows = inspector.change_set(orders, orders.stack, Submission(body(after)), "promote-tui-x3")
    listening = next(each for each in rows if each.logical_id == "Listens")
    assert (listening.replacement, listening.causes) == ("conditional", (Cause("Endpoint", "Jobs.Arn"),))
    found = from_change_set(rows, {"Resources": before}, {"Resources": after})
    assert {each.logical_id: each.replacement for each in found.changes} == {"Jobs": "false", "Listens": "false"}


def test_where_nothing_changes_the_answer_is_empty(inspector: StackInspection, orders: Target, aws: Emulator) -> None:
    assert inspector.change_set(orders, orders.stack, Submission(body()), "promote-tui-x2") == ()
    assert sets(aws, orders) == []


def test_a_template_with_too_many_outputs_is_refused(inspector: StackInspection, orders: Target, aws: Emulator) -> None:
    template = body(Outputs={f"Out{number}": {"Value": "1"} for number in range(201)})
    with pytest.raises(TemplateError, match="Number of outputs, 201, is greater than maximum allowed, 200"):
        inspector.change_set(orders, orders.stack, Submission(template), "promote-tui-x4")
    assert sets(aws, orders) == []


def test_what_cloudformation_says_of_a_template_is_the_cause(
    inspector: StackInspection, orders: Target, faults: Faults
) -> None:
    words = "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template"
    faults.spoil("CreateChangeSet", refuse("ValidationError", 400, words))
    with pytest.raises(TemplateError) as error:
        inspector.change_set(orders, orders.stack, WANTED, "promote-tui-x4")
    assert error.value.cause == words


@pytest.mark.parametrize(
    ("reason", "template"),
    [
        ("Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification", True),
        ("Resource AWS::S3::Bucket with identifier uploads already exists", True),
        ("User: arn:aws:sts::1:x is not authorized to perform: ssm:GetParameters", False),
        ("Rate exceeded", False),
        ("Internal Failure", False),
        ("", False),
    ],
)
def test_a_change_set_that_failed_is_told_apart_by_its_reason(reason: str, *, template: bool) -> None:
    assert isinstance(change_set_failure(reason, "orders/dev"), TemplateError) is template


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ValidationError", "S3 error: Access Denied"),
        ("ValidationError", "Stack:arn:aws:x is in UPDATE_IN_PROGRESS state and can not be updated."),
        ("ValidationError", "Stack [orders-dev] does not exist"),
        ("AccessDenied", "User is not authorized to perform cloudformation:CreateChangeSet"),
        ("LimitExceededException", "too many change sets"),
    ],
)
def test_other_refusals_say_nothing_of_the_template(
    code: str, words: str, inspector: StackInspection, orders: Target, faults: Faults
) -> None:
    faults.spoil("CreateChangeSet", refuse(code, 400, words))
    with pytest.raises(AwsError) as error:
        inspector.change_set(orders, orders.stack, WANTED, "promote-tui-x5")
    assert not isinstance(error.value, TemplateError)


def bucket_of(aws: Emulator, orders: Target) -> tuple[Any, str]:
    """Make a deployment bucket; return its client and its name."""
    s3 = boto3.client(
        "s3", endpoint_url=aws.url, region_name=REGION, aws_access_key_id=orders.aws.account, aws_secret_access_key="x"
    )
    name = f"deploys-{orders.aws.account}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3, name


LARGE = {**BASE, **{f"More{n}": changed(TOPIC, DisplayName="x" * 180) for n in range(220)}}


def test_a_template_that_is_too_large_for_a_call_goes_through_the_bucket_and_is_gone_afterwards(
    inspector: StackInspection, orders: Target, aws: Emulator
) -> None:
    s3, bucket = bucket_of(aws, orders)
    template = body(LARGE)
    assert len(template) > 51_200
    found = inspector.change_set(orders, orders.stack, Submission(template, bucket=bucket), "promote-tui-x3")
    assert {each.action for each in found} == {"add"}
    assert len(found) == 220
    assert s3.list_objects_v2(Bucket=bucket).get("Contents", []) == []
    s3.close()


def test_what_was_put_into_the_bucket_is_gone_where_the_change_set_is_refused(
    inspector: StackInspection, orders: Target, aws: Emulator, faults: Faults
) -> None:
    s3, bucket = bucket_of(aws, orders)
    faults.spoil("CreateChangeSet", refuse("AccessDenied", 403, "no right to make change sets"))
    with pytest.raises(AwsError, match="no permission for CreateChangeSet"):
        inspector.change_set(orders, orders.stack, Submission(body(LARGE), bucket=bucket), "promote-tui-x4")
    assert s3.list_objects_v2(Bucket=bucket).get("Contents", []) == []
    s3.close()


def test_a_large_template_without_a_bucket_cannot_be_asked_about(inspector: StackInspection, orders: Target) -> None:
    with pytest.raises(AwsError, match="bucket"):
        inspector.change_set(orders, orders.stack, Submission(body(LARGE)), "promote-tui-x5")


WANTED = Submission(body({**BASE, "More": TOPIC}))


def test_a_lost_reply_is_no_second_change_set(
    inspector: StackInspection, orders: Target, aws: Emulator, faults: Faults
) -> None:
    """The call is made again, and CloudFormation says that there is one of that name: it is ours."""
    faults.spoil("CreateChangeSet", drop_reply, times=1)
    found = inspector.change_set(orders, orders.stack, WANTED, "promote-tui-x6")
    assert [(each.logical_id, each.action) for each in found] == [("More", "add")]
    assert sets(aws, orders) == []


def test_the_change_set_is_deleted_where_it_cannot_be_read(
    inspector: StackInspection, orders: Target, aws: Emulator, faults: Faults
) -> None:
    faults.spoil("DescribeChangeSet", refuse("AccessDenied", 403, "no right to look"))
    with pytest.raises(AwsError):
        inspector.change_set(orders, orders.stack, WANTED, "promote-tui-x7")
    assert sets(aws, orders) == []


def test_the_change_set_is_deleted_when_somebody_interrupts(
    orders: Target, aws: Emulator, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector = StackInspection(AwsAccounts(SystemClock(), QUICK), FACTS)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(inspector, "_read", interrupt)
    with pytest.raises(KeyboardInterrupt):
        inspector.change_set(orders, orders.stack, WANTED, "promote-tui-x8")
    assert "cloudformation:CreateChangeSet" in faults.actions
    assert sets(aws, orders) == []


def test_a_change_set_that_cannot_be_deleted_does_not_hide_what_it_said(
    inspector: StackInspection, orders: Target, faults: Faults
) -> None:
    faults.spoil("DeleteChangeSet", refuse("AccessDenied", 403, "no"))
    assert len(inspector.change_set(orders, orders.stack, WANTED, "promote-tui-x9")) == 1


def test_throttling_and_lost_requests_are_waited_out(
    inspector: StackInspection, orders: Target, faults: Faults
) -> None:
    faults.spoil("GetTemplate", refuse("Throttling", 400), times=1)
    faults.spoil("ListImports", drop_request, times=1)
    assert inspector.template(orders, orders.stack)["Outputs"]
    assert inspector.importers(orders, "orders-topic") == ()


def test_exports_and_who_imports_them(inspector: StackInspection, orders: Target, aws: Emulator) -> None:
    assert inspector.exports(orders, orders.stack) == {"Arn": "orders-topic"}
    assert inspector.importers(orders, "orders-topic") == ()
    imports = {"Type": "String", "Value": {"Fn::ImportValue": "orders-topic"}}
    template = json.dumps({"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": imports}}})
    billing = target("billing", orders.aws.account)
    direct(aws, orders.aws.account).create_stack(StackName=billing.stack, TemplateBody=template)
    AwsStacks(aws.url, {}).until(billing, "CREATE_COMPLETE")
    assert inspector.importers(orders, "orders-topic") == (billing.stack,)


def test_a_change_by_hand_is_detected(inspector: StackInspection, orders: Target, aws: Emulator) -> None:
    assert inspector.last_detection(orders, orders.stack) is None
    physical = inspector.resources(orders, orders.stack)
    assert physical.keys() == BASE.keys()
    described = inspector.describe_resources(orders, orders.stack)
    assert {(each.logical_id, each.physical_id, each.resource_type) for each in described} == {
        (name, physical[name], BASE[name]["Type"]) for name in BASE
    }
    assert {each.status for each in described} == {"CREATE_COMPLETE"}
    assert all(each.updated_at is not None and each.updated_at.utcoffset() is not None for each in described)
    sqs = boto3.client(
        "sqs", endpoint_url=aws.url, region_name=REGION, aws_access_key_id=orders.aws.account, aws_secret_access_key="x"
    )
    url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "90"})
    sqs.close()
    begun = inspector.detect_drift(orders, orders.stack)
    found = inspector.detection(orders, begun)
    assert (found.status, found.drifted) == ("complete", 1)
    (drift,) = inspector.drifts(orders, orders.stack)
    assert (drift.logical_id, drift.resource_type, drift.deleted) == ("Jobs", "AWS::SQS::Queue", False)
    (each,) = drift.properties
    assert (each.path, each.kind, each.expected, each.actual) == ("VisibilityTimeout", "change", "30", "90")
    assert inspector.last_detection(orders, orders.stack) is not None


DENIED: dict[str, tuple[str, Callable[[StackInspection, Target], object]]] = {
    "template": ("GetTemplate", lambda it, orders: it.template(orders, orders.stack)),
    "change set": ("CreateChangeSet", lambda it, orders: it.change_set(orders, orders.stack, WANTED, "promote-tui-d")),
    "exports": ("DescribeStacks", lambda it, orders: it.exports(orders, orders.stack)),
    "importers": ("ListImports", lambda it, orders: it.importers(orders, "orders-topic")),
    "resources": ("ListStackResources", lambda it, orders: it.resources(orders, orders.stack)),
    "detect": ("DetectStackDrift", lambda it, orders: it.detect_drift(orders, orders.stack)),
    "detection": ("DescribeStackDriftDetectionStatus", lambda it, orders: it.detection(orders, "0")),
    "last detection": ("DescribeStacks", lambda it, orders: it.last_detection(orders, orders.stack)),
    "drifts": ("DescribeStackResourceDrifts", lambda it, orders: it.drifts(orders, orders.stack)),
}


@pytest.mark.parametrize("what", DENIED)
def test_a_right_that_is_missing_is_named(
    what: str, inspector: StackInspection, orders: Target, faults: Faults
) -> None:
    action, ask = DENIED[what]
    faults.spoil(action, refuse("AccessDenied", 403, f"not authorized to perform: cloudformation:{action}"))
    with pytest.raises(AwsError) as raised:
        ask(inspector, orders)
    assert raised.value.subject == str(orders)
    assert f"cloudformation:{action}" in raised.value.cause


def test_functions_are_listed_by_name_and_a_missing_right_is_named(orders: Target, faults: Faults) -> None:
    functions = LambdaFunctions(AwsAccounts(SystemClock(), QUICK))
    assert functions.code(orders) == {}
    refusal = refuse("AccessDeniedException", 403, "not authorized to perform: lambda:ListFunctions")
    faults.spoil("*", refusal, when=lambda call: call.service == "lambda")
    with pytest.raises(AwsError, match="lambda:ListFunctions"):
        functions.code(orders)
