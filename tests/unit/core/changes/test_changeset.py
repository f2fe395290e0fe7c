"""What a promotion would do to a stack: from a change set, or from two templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.core.changes.changeset import CREATE_ONLY, from_change_set, predict, removed_exports
from promote_tui.core.changes.model import (
    Cause,
    ChangeReview,
    PropertyChange,
    RemovedExport,
    Replacement,
    ResourceChange,
    SetChange,
)
from promote_tui.core.changes.stateful import HOLDS_DATA
from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.value import decode, encode
from tests.support.gates import review_gates

if TYPE_CHECKING:
    from tests.support.aliases import Json


def resource(kind: str, **properties: Json) -> dict[str, Any]:
    """Return a resource of a template."""
    return {"Type": kind, "Properties": properties}


def template(**resources: Json) -> dict[str, Any]:
    """Return a template of these resources."""
    return {"Resources": resources}


TABLE = "AWS::DynamoDB::Table"
FUNCTION = "AWS::Lambda::Function"


ROLE = ResourceChange("Role", "AWS::IAM::Role", "modify")


@pytest.mark.parametrize(
    ("kind", "before", "after", "replacement"),
    [
        (TABLE, {"KeySchema": ["id"]}, {"KeySchema": ["tenant"]}, "true"),
        (TABLE, {"BillingMode": "PROVISIONED"}, {"BillingMode": "PAY_PER_REQUEST"}, "false"),
        ("AWS::S3::Bucket", {"BucketName": "a"}, {"BucketName": "b"}, "true"),
        (FUNCTION, {"Timeout": 3}, {"Timeout": 6}, "false"),
        ("Custom::Thing", {"A": 1}, {"A": 2}, "conditional"),
    ],
)
def test_replacement_is_predicted_by_what_can_only_be_set_once(
    kind: str, before: dict[str, Any], after: dict[str, Any], replacement: str
) -> None:
    found = predict(template(It=resource(kind, **before)), template(It=resource(kind, **after)), "read-only")
    (change,) = found.changes
    assert (change.action, change.replacement, change.predicted) == ("modify", replacement, True)
    assert found.predicted == "read-only"


def test_values_are_shown_only_where_they_are_public() -> None:
    before = resource(FUNCTION, Timeout=3, Environment={"Variables": {"TOKEN": "old", "SAME": "x"}})
    after = resource(FUNCTION, Timeout=6, Environment={"Variables": {"TOKEN": "new", "SAME": "x"}})
    (change,) = predict(template(Api=before), template(Api=after), "why").changes
    assert change.properties == (PropertyChange("Environment.Variables.TOKEN"), PropertyChange("Timeout", "3", "6"))


def test_what_every_deploy_does_is_one_line() -> None:
    version = {"Type": "AWS::Lambda::Version", "Properties": {"CodeSha256": "x"}}
    before = template(Api=resource(FUNCTION, Code={"S3Key": "a/1"}), VersionA=version)
    after = template(Api=resource(FUNCTION, Code={"S3Key": "a/2"}), VersionB=version)
    found = predict(before, after, "why")
    assert found.changes == ()
    assert found.folded == ("as in every deploy: the artifact key of 1 function, 1 Lambda version",)


def versioned(**code: str) -> dict[str, Any]:
    """A template with functions, each with a version of this digest."""
    functions = {name: resource(FUNCTION, Code={"S3Key": f"{name}/{digest}"}) for name, digest in code.items()}
    versions = {
        f"{name}Version{digest}": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": name}, "CodeSha256": digest},
        }
        for name, digest in code.items()
    }
    return template(**functions, **versions)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"Api": "1", "Mail": "1"}, {"Api": "2", "Mail": "1"}, "new code: Api"),
        ({"Api": "1", "Mail": "1"}, {"Api": "1", "Mail": "1"}, "no new code: 2 functions as deployed"),
        (dict.fromkeys("ABCDEF", "1"), dict.fromkeys("ABCDEF", "2"), "new code: A, B, C, D and 2 more"),
        ({}, {"Api": "1"}, None),
    ],
)
def test_whose_code_changes_is_told_by_the_versions_digests(
    before: dict[str, str], after: dict[str, str], line: str | None
) -> None:
    found = predict(versioned(**before), versioned(**after), "why").folded
    assert next((words for words in found if "code" in words), None) == line


def test_what_loses_data_comes_first_and_a_new_stack_only_adds() -> None:
    before = template(Topic=resource("AWS::SNS::Topic"), Zoo=resource("AWS::S3::Bucket"), Fn=resource(FUNCTION))
    after = template(Queue=resource("AWS::SQS::Queue"))
    assert [each.logical_id for each in predict(before, after, "why").changes] == ["Zoo", "Fn", "Topic", "Queue"]
    assert {each.action for each in predict({}, before, "why").changes} == {"add"}


def test_a_change_set_says_whether_a_resource_is_replaced_and_the_templates_what_was_there() -> None:
    row = SetChange("Orders", TABLE, "modify", "conditional", (("KeySchema", "Conditionally"),))
    before, after = (template(Orders=resource(TABLE, KeySchema=[key])) for key in ("id", "tenant"))
    (change,) = from_change_set([row], before, after).changes
    assert change.properties == (PropertyChange("KeySchema", '["id"]', '["tenant"]'),)
    assert change.holds_data
    assert not change.predicted


def test_a_resource_that_stays_in_the_account_says_so() -> None:
    kept = resource("AWS::S3::Bucket") | {"DeletionPolicy": "Retain"}
    (change,) = predict(template(Uploads=kept), template(), "why").changes
    assert change.kept
    (gate,) = review_gates(ChangeReview((change,)), (), "data")
    assert "stays in the account" in gate.reason


@pytest.mark.parametrize(("bucket", "holds_data"), [("Packages", False), ("", True), ("Others", True)])
def test_the_bucket_of_packages_holds_nothing_that_counts(bucket: str, *, holds_data: bool) -> None:
    (change,) = predict(template(Packages=resource("AWS::S3::Bucket")), template(), "why", bucket).changes
    assert change.holds_data is holds_data


@pytest.mark.parametrize(
    ("kind", "before", "after", "note"),
    [
        (
            "AWS::IAM::Policy",
            {},
            {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}},
            "grants s3:* on *",
        ),
        (
            "AWS::IAM::Policy",
            {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": ["a:B"], "Resource": "x"}]}},
            {},
            "revokes a:B on x",
        ),
        ("AWS::Lambda::Url", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}, "needs no authorization"),
        ("AWS::Lambda::Permission", {}, {"Principal": "*"}, "open to everybody (Principal *)"),
        ("AWS::S3::Bucket", {}, {"AccessControl": "PublicRead"}, "public bucket (PublicRead)"),
        ("AWS::EC2::SecurityGroup", {}, {"SecurityGroupIngress": [{"CidrIp": "0.0.0.0/0"}]}, "open to every address"),
    ],
)
def test_rights_and_public_access_are_pointed_out(
    kind: str, before: dict[str, Any], after: dict[str, Any], note: str
) -> None:
    (change,) = predict(template(It=resource(kind, **before)), template(It=resource(kind, **after)), "why").changes
    assert note in change.notes


@pytest.mark.parametrize(
    ("review", "beside", "asides"),
    [
        (ChangeReview(), "nothing changes in the stack", ()),
        (ChangeReview(folded=("new code: Charge, Refund",)), "new code only: Charge, Refund", ()),
        (
            ChangeReview(folded=("new code: Charge", "as in every deploy: 1 Lambda version")),
            "new code only: Charge",
            ("as in every deploy: 1 Lambda version",),
        ),
        (ChangeReview(folded=("no new code: 1 function as deployed",)), "nothing changes in the stack", None),
        (ChangeReview(exports=(RemovedExport("url", ()),)), "1 export removed", ()),
        (
            ChangeReview(folded=("new code: Charge",), exports=(RemovedExport("url", ()),)),
            "new code only: Charge, 1 export removed",
            (),
        ),
        (ChangeReview((ROLE,), folded=("new code: Charge",)), "", None),
        (ChangeReview(unknown="no right to read it"), "", ()),
    ],
)
def test_a_review_without_changed_resources_says_one_thing(
    review: ChangeReview, beside: str, asides: tuple[str, ...] | None
) -> None:
    assert review.without_resources == beside
    assert review.other_folded == (review.folded if asides is None else asides)


def test_an_export_is_gone_where_its_output_its_export_or_its_name_is() -> None:
    def outputs(**names: str | None) -> dict[str, Any]:
        return {"Outputs": {key: {"Value": 1} | ({"Export": {"Name": n}} if n else {}) for key, n in names.items()}}

    exports = {"A": "a", "B": "b", "C": "c", "D": "d"}
    before, after = outputs(A="a", B="b", C="c", D="d"), outputs(A="a", B="other", C=None)
    assert removed_exports(exports, before, after) == ("b", "c", "d")


def test_the_data_gate_opens_with_the_right_word_for_the_right_resource_alone() -> None:
    review = predict(template(Uploads=resource("AWS::S3::Bucket")), template(), "why")
    (closed,) = review_gates(review, (Allowance("replace", "Uploads"),), "data")
    assert not closed.passed
    assert closed.missing_allowances == (Allowance("remove", "Uploads"),)
    assert closed.passes_with((Allowance("remove", "Uploads"),))
    assert not closed.passes_with((Allowance("remove", "Other"),))
    (opened,) = review_gates(review, (Allowance("remove", "Uploads"),), "data")
    assert opened.passed
    assert not GateResult("stack", passed=False, reason="moving").passes_with((Allowance("remove", "Uploads"),))


def test_a_review_that_is_not_known_keeps_the_data_gate_closed() -> None:
    (gate,) = review_gates(ChangeReview(unknown="GetTemplate: not allowed"), (), "data")
    assert not gate.passed
    assert gate.missing_allowances == ()


@pytest.mark.parametrize(
    ("importers", "passed", "words"),
    [
        (("billing",), False, "imported by billing"),
        ((), True, "no stack imports it"),
        (None, False, "its importers are unknown"),
    ],
)
def test_an_export_that_somebody_imports_stays(importers: tuple[str, ...] | None, words: str, *, passed: bool) -> None:
    (gate,) = review_gates(ChangeReview(exports=(RemovedExport("topic", importers),)), (), "exports")
    assert gate.passed is passed
    assert words in gate.reason


def test_a_review_survives_being_written_down() -> None:
    found = predict(template(Uploads=resource("AWS::S3::Bucket")), template(T=resource(TABLE)), "why")
    assert decode(ChangeReview, encode(found)) == found


def test_what_can_only_be_set_once_is_known_of_the_types_that_hold_data_most() -> None:
    assert {TABLE, "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::Logs::LogGroup"} <= HOLDS_DATA & set(CREATE_ONLY)


PERMISSION = "AWS::Lambda::Permission"
ARN = {"Fn::GetAtt": ["Api", "Arn"]}


def caused(kind: str, *causes: Cause, name: str = "May") -> SetChange:
    """A row that CloudFormation calls conditional, with why."""
    changed = tuple(dict.fromkeys((each.property, "Always") for each in causes))
    return SetChange(name, kind, "modify", "conditional", changed, (), causes)  # type: ignore[arg-type]


def code(replacement: Replacement = "false", kind: str = FUNCTION) -> SetChange:
    """The function's own row: new code, or whatever else."""
    return SetChange("Api", kind, "modify", replacement, (("Code", "Never"),))


@pytest.mark.parametrize(
    ("rows", "replacement"),
    [
        ([code(), caused(PERMISSION, Cause("FunctionName", "Api.Arn"))], "false"),
        ([code(), caused(PERMISSION, Cause("FunctionName", "Api"))], "false"),
        ([code(), caused(PERMISSION, Cause("FunctionName", "Api.Arn"), Cause("FunctionName"))], "false"),
        ([code("true"), caused(PERMISSION, Cause("FunctionName", "Api.Arn"))], "conditional"),
        ([code("conditional"), caused(PERMISSION, Cause("FunctionName", "Api.Arn"))], "conditional"),
        ([code(kind="Custom::Api"), caused(PERMISSION, Cause("FunctionName", "Api.Arn"))], "conditional"),
        ([code(kind=TABLE), caused(PERMISSION, Cause("SourceArn", "Api.StreamArn"))], "conditional"),
        ([code(), caused(PERMISSION, Cause("SourceAccount", "Api.Outputs.Arn"))], "conditional"),
        ([SetChange("Api", FUNCTION, "add"), caused(PERMISSION, Cause("FunctionName", "Api.Arn"))], "conditional"),
        ([code(), caused(PERMISSION, Cause("FunctionName", "Api.Arn"), Cause("Principal", "Who"))], "conditional"),
        ([code(), caused(PERMISSION, Cause("FunctionName", "Api.Arn"), Cause("Principal"))], "conditional"),
        ([caused(PERMISSION, Cause("FunctionName"))], "conditional"),
        ([SetChange("May", PERMISSION, "modify", "conditional", (("FunctionName", "Always"),))], "conditional"),
    ],
)
def test_what_only_refers_to_a_name_that_stays_is_not_replaced(rows: list[SetChange], replacement: str) -> None:
    before = resource(PERMISSION, FunctionName=ARN, Principal="a")
    after = resource(PERMISSION, FunctionName=ARN, Principal="b")
    found = {each.logical_id: each for each in from_change_set(rows, template(May=before), template(May=after)).changes}
    assert found["May"].replacement == replacement


def test_what_refers_to_something_that_is_not_replaced_after_all_is_not_either() -> None:
    last = caused("AWS::Lambda::EventInvokeConfig", Cause("FunctionName", "Middle"), name="Last")
    middle = caused("AWS::Lambda::Alias", Cause("FunctionName", "Api.Arn"), name="Middle")
    found = from_change_set([last, middle, code()], {}, {}).changes
    assert {each.logical_id: each.replacement for each in found} == {"Last": "false", "Middle": "false"}
