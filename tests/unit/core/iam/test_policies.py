"""The policies give the rights of docs/iam.md, on the stage's own resources where AWS knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.iam import policies
from promote_tui.core.iam.kept_values import READERS
from promote_tui.core.iam.previews import removing
from promote_tui.core.iam.scope import StackScope
from promote_tui.core.iam.scp import deny_other_ways
from tests.support.iam_document import actions, documented, rights

if TYPE_CHECKING:
    from promote_tui.core.value import Json

SCOPE = StackScope("333333333333", (("eu-west-1", "orders-prod"), ("eu-west-1", "billing-prod")))
STACKS = [f"arn:aws:cloudformation:eu-west-1:333333333333:stack/{name}-prod/*" for name in ("orders", "billing")]
ROLES = ("promote-tui-sync", "serverless-deployment", "break-glass")
PROMOTING = policies.promoting(SCOPE, "DeploymentBucket")


def of_sid(statements: list[Json], sid: str) -> Json:
    """The statement of an id."""
    (found,) = [each for each in statements if each["Sid"] == sid]
    return found


@pytest.mark.parametrize(
    ("heading", "statements"),
    [
        ("To read", policies.reading()),
        ("To promote", PROMOTING),
        ("To read logs", policies.reading_logs(SCOPE)),
        ("What people get", policies.proving()),
        ("The role of pull requests", policies.reviewing(SCOPE)),
        ("To make previews", removing(SCOPE)),
        ("A service control policy", deny_other_ways(SCOPE, ROLES)["Statement"]),
    ],
)
def test_the_actions_are_those_of_the_document(heading: str, statements: list[Json]) -> None:
    assert actions(statements) == rights(heading)


def test_the_actions_that_read_values_are_those_of_the_document() -> None:
    assert set(READERS) == rights("Values that AWS keeps")


def test_what_reads_is_the_document_word_for_word() -> None:
    assert policies.reading() == documented("To read")["Statement"]
    assert policies.proving() == documented("What people get")["Statement"]


def test_what_changes_a_stack_is_on_the_stages_stacks_alone() -> None:
    for sid in ("Review", "Deploy"):
        assert of_sid(PROMOTING, sid)["Resource"] == STACKS
    assert of_sid(PROMOTING, "ReadFunctions")["Resource"] == "arn:aws:lambda:eu-west-1:333333333333:function:*"
    buckets = of_sid(PROMOTING, "DeploymentBucket")["Resource"]
    assert buckets == ["arn:aws:s3:::*deploymentbucket*", "arn:aws:s3:::*deploymentbucket*/*"]
    assert [each["Sid"] for each in PROMOTING if each["Resource"] == "*"] == ["WhatIsOfNoStack"]


def test_a_deployer_without_buckets_gets_no_rights_in_any() -> None:
    assert "s3:PutObject" not in actions(policies.promoting(SCOPE, ""))


def test_the_deployment_role_may_be_passed_to_cloudformation_alone() -> None:
    (statement,) = policies.passing(SCOPE, "serverless-deployment")
    assert statement["Resource"] == "arn:aws:iam::333333333333:role/serverless-deployment"
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    assert policies.passing(SCOPE, "") == []


def test_topics_may_be_published_to() -> None:
    assert policies.notifying([]) == []
    (statement,) = policies.notifying(["arn:aws:sns:eu-west-1:4:deploys"])
    assert (statement["Action"], statement["Resource"]) == ("sns:Publish", "arn:aws:sns:eu-west-1:4:deploys")


def test_nobody_but_the_roles_has_another_way_or_may_change_them() -> None:
    statements = deny_other_ways(SCOPE, ROLES)["Statement"]
    roles = [f"arn:aws:iam::*:role/{role}" for role in ROLES]
    assert {each["Effect"] for each in statements} == {"Deny"}
    assert [each["Condition"] for each in statements] == [{"ArnNotLike": {"aws:PrincipalArn": roles}}] * 3
    assert of_sid(statements, "OnlySyncDeploys")["Resource"] == STACKS
    assert of_sid(statements, "OnlyTheseRolesChangeThemselves") == of_sid(
        documented("A service control policy")["Statement"], "OnlyTheseRolesChangeThemselves"
    )
