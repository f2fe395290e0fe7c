"""What IAM lets a role do, asked by its simulation and by a call that can change nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.permissions import IamPermissions
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.value import replace
from promote_tui.engine.stage_access import ACTIONS
from tests.support.aws_stacks import REGION, target, use_profiles
from tests.support.faults import fault_proxy, refuse
from tests.support.iam_document import documented

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.pipeline import Target
    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws

QUICK = Limits(connect=30, read=60, attempts=2, patience=0.3)
EXECUTE, READ = "cloudformation:ExecuteChangeSet", "cloudformation:DescribeStacks"


def arn(account: str, stack: str) -> str:
    """The ARN of a stack."""
    return f"arn:aws:cloudformation:{REGION}:{account}:stack/{stack}/*"


@pytest.fixture
def developer(aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A target that is reached as a developer, who may read every stack and update that of orders alone."""
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    iam = boto3.client("iam", endpoint_url=aws.url, **keys)
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    rights = [
        {"Effect": "Allow", "Action": "cloudformation:Describe*", "Resource": "*"},
        {"Effect": "Allow", "Action": EXECUTE, "Resource": arn(account, "orders-dev")},
    ]
    iam.create_role(RoleName="developer", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    iam.put_role_policy(RoleName="developer", PolicyName="p", PolicyDocument=json.dumps({"Statement": rights}))
    there = target("orders", account)
    return replace(there, aws=replace(there.aws, role_arn=f"arn:aws:iam::{account}:role/developer"))


def test_a_role_may_do_what_its_policies_allow_on_each_resource(developer: Target, account: str) -> None:
    permissions = IamPermissions(AwsAccounts(SystemClock(), QUICK))
    stacks = (arn(account, "orders-dev"), arn(account, "billing-prod"))
    assert permissions.allowed(developer, EXECUTE, stacks) == stacks[:1]
    assert permissions.allowed(developer, READ, stacks) == stacks
    assert permissions.allowed(developer, "cloudformation:DeleteStack", stacks) == ()


def test_the_root_user_may_do_everything(developer: Target, account: str) -> None:
    permissions = IamPermissions(AwsAccounts(SystemClock(), QUICK))
    root = replace(developer, aws=replace(developer.aws, role_arn=None))
    assert permissions.allowed(root, EXECUTE, (arn(account, "x"),)) == (arn(account, "x"),)


@pytest.mark.parametrize(("code", "may"), [("AccessDenied", False), (None, True)])
def test_a_change_set_that_is_not_there_tells_whether_it_could_be_executed(
    code: str | None,
    may: bool,
    developer: Target,
    aws: Emulator,
    account: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    permissions = IamPermissions(AwsAccounts(SystemClock(), QUICK))
    with fault_proxy(aws.url) as proxy:
        use_profiles(tmp_path / "config", proxy.url, monkeypatch, account)
        if code:
            proxy.spoil("ExecuteChangeSet", refuse(code, 403, "not authorized"))
        assert permissions.may_execute(developer) is may


def test_a_simulation_that_is_denied_says_so(
    developer: Target, account: str, aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    permissions = IamPermissions(AwsAccounts(SystemClock(), QUICK))
    with fault_proxy(aws.url) as proxy:
        use_profiles(tmp_path / "config", proxy.url, monkeypatch, account)
        proxy.spoil("SimulatePrincipalPolicy", refuse("AccessDenied", 403, "not authorized"))
        with pytest.raises(AwsError, match="SimulatePrincipalPolicy"):
            permissions.allowed(developer, EXECUTE, (arn(account, "x"),))


def test_what_people_get_leaves_no_other_way_and_what_ci_gets_is_one(
    aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    iam = boto3.client("iam", endpoint_url=aws.url, **keys)
    roles = {"people": ("To read", "What people get"), "ci": ("To read", "To promote")}
    for role, headings in roles.items():
        trust = json.dumps(documented("The role of CI"))
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)
        for number, heading in enumerate(headings):
            document = json.dumps(documented(heading))
            iam.put_role_policy(RoleName=role, PolicyName=f"p{number}", PolicyDocument=document)
    found = {}
    for role in roles:
        answer = iam.simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{account}:role/{role}",
            ActionNames=[*ACTIONS, READ],
            ResourceArns=[arn(account, "orders-prod")],
        )
        decided = answer["EvaluationResults"]
        found[role] = {each["EvalActionName"] for each in decided if each["EvalDecision"] == "allowed"}
    assert found == {"people": {READ}, "ci": {READ, EXECUTE}}


def test_the_service_control_policy_denies_every_way_that_doctor_asks_about() -> None:
    statements = documented("A service control policy")["Statement"]
    assert {each["Effect"] for each in statements} == {"Deny"}
    assert set(ACTIONS) <= set(statements[0]["Action"])


@pytest.mark.parametrize("heading", ["GitHub Actions", "GitLab CI", "Bitbucket Pipelines"])
def test_iam_takes_each_trust_policy_of_the_document(heading: str, aws: Emulator, account: str) -> None:
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    iam = boto3.client("iam", endpoint_url=aws.url, **keys)
    made = documented(heading)
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=json.dumps(made))
    assert iam.get_role(RoleName="ci")["Role"]["AssumeRolePolicyDocument"] == made
