"""Only the parameters and secrets that the configuration names may be read, each where it is kept."""

from __future__ import annotations

import pytest

from promote_tui.core.iam.kept_values import reading_values
from promote_tui.core.iam.scope import StackScope
from promote_tui.core.model.deploy_values import DeployValue, OutputValue, SecretValue, SsmValue
from promote_tui.core.model.pipeline import DeploySettings
from promote_tui.core.value import Json, replace
from tests.support.fakes import world

PROD = "333333333333"
SCOPE = StackScope(PROD, (("eu-west-1", "orders-prod"),))
PIPELINE = world.pipeline("orders", "billing")
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:333333333333:secret:db-a1b2c3"


def rights(*values: DeployValue, scope: StackScope = SCOPE) -> list[Json]:
    """What may be read for orders and billing, which are given the same values."""
    named = tuple((f"v{number}", value) for number, value in enumerate(values))
    deploy = DeploySettings(env=named, params=named[:1])
    services = tuple(replace(each, deploy=deploy) for each in PIPELINE.services)
    return reading_values(scope, replace(PIPELINE, services=services), PIPELINE.stage("prod"))


@pytest.mark.parametrize(
    ("value", "sid", "arn"),
    [
        (
            SsmValue("/orders/{stage}/api-key"),
            "ReadKeptParameters",
            f"arn:aws:ssm:eu-west-1:{PROD}:parameter/orders/prod/api-key",
        ),
        (SsmValue("plain"), "ReadKeptParameters", f"arn:aws:ssm:eu-west-1:{PROD}:parameter/plain"),
        (SsmValue("/with/version:3"), "ReadKeptParameters", f"arn:aws:ssm:eu-west-1:{PROD}:parameter/with/version"),
        (
            SecretValue("orders/{stage}", "password"),
            "ReadKeptSecrets",
            f"arn:aws:secretsmanager:eu-west-1:{PROD}:secret:orders/prod-??????",
        ),
        (SecretValue(SECRET_ARN), "ReadKeptSecrets", SECRET_ARN),
    ],
)
def test_a_value_is_read_by_its_arn_once(value: DeployValue, sid: str, arn: str) -> None:
    (statement,) = rights(value)
    assert (statement["Sid"], statement["Resource"]) == (sid, arn)


def test_what_aws_does_not_keep_needs_no_right() -> None:
    assert rights("text", OutputValue("Url", "billing")) == []


def test_another_account_keeps_its_own() -> None:
    assert rights(SsmValue("x"), scope=StackScope("4" * 12, (("eu-west-1", "pay-prod"),))) == []


def test_parameters_and_secrets_have_a_statement_each() -> None:
    found = rights(SsmValue("a"), SecretValue("b"), SsmValue("c"))
    assert [each["Action"] for each in found] == ["ssm:GetParameters", "secretsmanager:GetSecretValue"]
    assert len(found[0]["Resource"]) == 2
