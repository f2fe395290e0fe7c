"""`iam` on the command line: what it prints is taken by IAM, and gives the rights that it is meant to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy

from promote_tui.cli.errors import run_guarded
from promote_tui.cli.main import run
from promote_tui.core.model.channels import Sns
from promote_tui.core.value import replace
from promote_tui.engine.stage_access import ACTIONS
from tests.integration.cli.conftest import Answer
from tests.support.engine_world import World

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator
    from tests.support.aliases import Json

REGION = "eu-west-1"
EXECUTE, READ = "cloudformation:ExecuteChangeSet", "cloudformation:DescribeStacks"
LOGS = "logs:FilterLogEvents"
CHANGE = "cloudformation:CreateChangeSet"
UPDATE = "lambda:UpdateFunctionCode"


class Iam:
    """The commands on an engine with everything in memory; `account` is that of prod."""

    def __init__(self, world: World, account: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.world, self.account, self._capsys = world, account, capsys
        for service in world.pipeline.services:
            self.move(service.name, account=account)

    def __call__(self, *words: str) -> Answer:
        self._capsys.readouterr()
        code = run_guarded(lambda: run(["iam", *words], lambda _: self.world.engine))
        said = self._capsys.readouterr()
        return Answer(code, said.out, said.err)

    def move(self, service: str, **aws: str) -> None:
        """Let a service reach AWS otherwise in prod."""
        services = tuple(
            replace(
                each,
                targets=tuple(
                    replace(target, aws=replace(target.aws, **aws))  # type: ignore[arg-type]
                    if (target.service, target.stage) == (service, "prod")
                    else target
                    for target in each.targets
                ),
            )
            for each in self.world.pipeline.services
        )
        self.world.pipeline = replace(self.world.pipeline, services=services)

    def set_prod(self, **changes: Json) -> None:
        """Change the stage prod."""
        stages = tuple(replace(each, **changes) if each.name == "prod" else each for each in self.world.pipeline.stages)
        self.world.pipeline = replace(self.world.pipeline, stages=stages)

    def stack(self, name: str) -> str:
        """The ARN of a stack in prod's account."""
        return f"arn:aws:cloudformation:{REGION}:{self.account}:stack/{name}/*"


@pytest.fixture
def iam(tmp_path: Path, account: str, capsys: pytest.CaptureFixture[str]) -> Iam:
    """Two services from dev to prod."""
    world = World(tmp_path, services={"billing": (), "orders": ("billing",)})
    for repository in world.repositories.values():
        repository.url = "git@github.com:acme/shop.git"
    return Iam(world, account, capsys)


def put_roles(aws: Emulator, account: str, **policies: list[str]) -> Any:  # noqa: ANN401 - a client of boto3
    """Make roles with these policies, as they were printed, and return a client of IAM."""
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    client = boto3.client("iam", endpoint_url=aws.url, **keys)
    for role, documents in policies.items():
        client.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
        for number, document in enumerate(documents):
            client.put_role_policy(RoleName=role, PolicyName=f"p{number}", PolicyDocument=document)
    return client


def decide(client: Any, account: str, role: str, resource: str, *actions: str) -> dict[str, str]:  # noqa: ANN401 - the same
    """What IAM decides about actions of a role on a resource."""
    found = client.simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{account}:role/{role}", ActionNames=[*actions], ResourceArns=[resource]
    )
    return {each["EvalActionName"]: each["EvalDecision"] for each in found["EvaluationResults"]}


@pytest.mark.aws
def test_what_people_and_ci_get_is_taken_by_iam_and_holds_for_the_stages_stacks(iam: Iam, aws: Emulator) -> None:
    promoters = iam("people", "--stage", "prod").out
    iam.set_prod(only="sync")
    printed = {"people": [iam("people", "--stage", "prod").out], "ci": [iam("ci", "--stage", "prod").out]}
    printed["review"] = [iam("review", "--stage", "prod").out]
    client = put_roles(aws, iam.account, promoters=[promoters], **printed)
    mine, others = iam.stack("orders-prod"), iam.stack("orders-dev")
    asked = (*ACTIONS, READ)
    allowed = {
        role: {
            action
            for action, decided in decide(client, iam.account, role, mine, *asked).items()
            if decided == "allowed"
        }
        for role in ("people", "ci", "promoters", "review")
    }
    assert allowed == {"people": {READ}, "ci": {READ, EXECUTE}, "promoters": {READ, EXECUTE}, "review": {READ}}
    assert decide(client, iam.account, "review", mine, CHANGE) == {CHANGE: "allowed"}
    assert decide(client, iam.account, "review", others, CHANGE) == {CHANGE: "implicitDeny"}
    assert decide(client, iam.account, "ci", others, EXECUTE, READ) == {EXECUTE: "implicitDeny", READ: "allowed"}
    group = f"arn:aws:logs:{REGION}:{iam.account}:log-group:/aws/lambda/orders-prod-hello:*"
    reads = {role for role in printed if decide(client, iam.account, role, group, LOGS)[LOGS] == "allowed"}
    assert reads == {"people"}
    assert decide(client, iam.account, "people", "*", "iam:SimulatePrincipalPolicy") == {
        "iam:SimulatePrincipalPolicy": "allowed"
    }


@pytest.mark.aws
def test_the_service_control_policy_leaves_its_roles_alone_and_denies_an_administrator(iam: Iam, aws: Emulator) -> None:
    admin = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    denied = iam("scp", "--stage", "prod", "--role", "promote-tui-sync", "--role", "break-glass").out
    both = [admin, denied]
    client = put_roles(aws, iam.account, **{"promote-tui-sync": both, "admin": both})
    stack, role = iam.stack("orders-prod"), f"arn:aws:iam::{iam.account}:role/promote-tui-sync"
    function = f"arn:aws:lambda:{REGION}:{iam.account}:function:orders-prod-api"
    for resource, actions in ((stack, ACTIONS), (function, (UPDATE,)), (role, ("iam:UpdateAssumeRolePolicy",))):
        ways = decide(client, iam.account, "admin", resource, *actions)
        assert set(ways.values()) == {"explicitDeny"}, resource
        assert set(decide(client, iam.account, "promote-tui-sync", resource, *actions).values()) == {"allowed"}
    assert decide(client, iam.account, "admin", stack, READ) == {READ: "allowed"}
    assert decide(client, iam.account, "admin", iam.stack("another"), *ACTIONS[:1]) == {EXECUTE: "allowed"}


HOSTS = {
    "git@github.com:acme/shop.git": (
        "token.actions.githubusercontent.com",
        ("repo:acme/shop:ref:refs/heads/main", "repo:acme/shop:ref:refs/heads/main2", "repo:acme/shop:pull_request"),
    ),
    "https://gitlab.com/acme/shop.git": (
        "gitlab.com",
        (
            "project_path:acme/shop:ref_type:branch:ref:main",
            "project_path:acme/shop:ref_type:tag:ref:main",
            "project_path:acme/other:ref_type:branch:ref:main",
        ),
    ),
    "git@bitbucket.org:acme/shop.git": (
        "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
        ("{r}:{prod}:{step-1}", "{r}:{step-1}", "{other}:{prod}:{step-1}"),
    ),
}
BITBUCKET = ("--subject", "{r}:{prod}:*", "--audience", "ari:cloud:bitbucket::workspace/w")


@pytest.mark.parametrize("remote", HOSTS)
def test_the_jobs_of_the_branch_get_in_and_no_others(iam: Iam, remote: str) -> None:
    for repository in iam.world.repositories.values():
        repository.url = remote
    iam.set_prod(deploy_on_merge=("main",))
    host, (good, *bad) = HOSTS[remote]
    given = BITBUCKET if "bitbucket" in remote else ()
    document = iam("trust", "--stage", "prod", *given).out
    audience = BITBUCKET[-1] if given else "sts.amazonaws.com"
    provider = f"arn:aws:iam::{iam.account}:oidc-provider/{host}"

    def gets_in(subject: str, audience: str = audience) -> bool:
        context = EvalContext(
            principal_arn=provider,
            principal_type="WebIdentityUser",
            principal_account=iam.account,
            action="sts:AssumeRoleWithWebIdentity",
            resource_arn=f"arn:aws:iam::{iam.account}:role/promote-tui-sync",
            region=REGION,
            service_context={f"{host}:sub": subject, f"{host}:aud": audience},
        )
        found: bool = evaluate_trust_policy(document, provider, context)
        return found

    assert gets_in(good)
    assert [subject for subject in bad if gets_in(subject)] == []
    assert not gets_in(good, "somebody else")


def test_it_prints_a_document_and_nothing_else(iam: Iam) -> None:
    iam.world.pipeline = replace(iam.world.pipeline, notify=(Sns("arn:aws:sns:eu-west-1:4:deploys"), Sns("${TOPIC}")))
    answer = iam("ci", "--stage", "prod", "--deployment-role", "deployment")
    assert (answer.code, answer.err) == (0, "")
    by_sid = {each["Sid"]: each["Resource"] for each in answer.json["Statement"]}
    assert by_sid["Deploy"] == [iam.stack("billing-prod"), iam.stack("orders-prod")]
    assert by_sid["PassTheDeploymentRole"] == f"arn:aws:iam::{iam.account}:role/deployment"
    assert by_sid["Notify"] == "arn:aws:sns:eu-west-1:4:deploys"


def test_each_account_of_a_stage_has_a_policy_of_its_own(iam: Iam) -> None:
    iam.move("billing", account="444444444444")
    answer = iam("ci", "--stage", "prod")
    assert (answer.code, answer.out) == (2, "")
    assert f"it has several accounts: 444444444444, {iam.account}; choose one with --account" in answer.err
    (arn,) = {
        each["Resource"]
        for each in iam("ci", "--stage", "prod", "--account", "444444444444").json["Statement"]
        if each["Sid"] == "Deploy"
    }
    assert arn == f"arn:aws:cloudformation:{REGION}:444444444444:stack/billing-prod/*"


def test_a_service_control_policy_says_whom_else_it_covers(iam: Iam) -> None:
    iam.move("billing", account="111111111111")
    answer = iam("scp", "--stage", "prod", "--account", "111111111111")
    assert answer.code == 0
    assert answer.err == "111111111111 is also the account of dev, whose functions it covers too\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("people", "--stage", "nowhere"), "stage nowhere"),
        (("people",), "Missing option '--stage'"),
        (("trust", "--stage", "prod"), "no branch is deployed to the stage on merge; name the job's with --branch"),
        (("trust", "--stage", "prod", "--pull-requests", "--branch", "x"), "--pull-requests: cannot be combined"),
        (("scp", "--stage", "prod", "--role", "*"), "role *: is not the name of a role"),
        (("ci", "--stage", "prod", "--deployment-role", "a b"), "role a b: is not the name of a role"),
    ],
)
def test_wrong_words_are_one_line_and_exit_2(iam: Iam, words: tuple[str, ...], said: str) -> None:
    answer = iam(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_repository_without_a_host_is_named(iam: Iam) -> None:
    iam.world.repositories["orders"].url = None
    iam.set_prod(deploy_on_merge=("main",))
    answer = iam("trust", "--stage", "prod")
    assert answer.code == 2
    assert answer.err.startswith("service orders: the host of its repository is unknown; set `ci.provider`")
