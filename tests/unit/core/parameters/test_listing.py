"""The values that a deploy is given are listed by name and source, beside those of the stage before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.deploy_values import OutputValue, SecretValue, SsmValue
from promote_tui.core.model.pipeline import Aws, DeploySettings, Service, StackOutput, Target
from promote_tui.core.parameters.listing import PlannedValue, list_values

if TYPE_CHECKING:
    from promote_tui.core.model.deploy_values import DeployValue
    from promote_tui.core.parameters.listing import ValueComparison

HERE, THERE = Aws("eu-west-1", "111111111111"), Aws("eu-west-1", "222222222222")


def service(before: DeploySettings, ours: DeploySettings, aws: Aws = THERE) -> Service:
    """A service with settings of its own in two stages; `aws` is where the stage before is."""
    targets = (Target("orders", "dev", "orders-dev", "dev", aws), Target("orders", "prod", "orders-prod", "prod", HERE))
    stages = (("dev", before), ("prod", ours))
    return Service("orders", "/r", "o", (), StackOutput(), DeploySettings(), targets, stage_deploys=stages)


@pytest.mark.parametrize(
    ("before", "ours", "aws", "compared"),
    [
        ("a", "a", THERE, "same"),
        ("a", "b", THERE, "differs"),
        ("t-{stage}", "t-{stage}", THERE, "differs"),
        ("${KEY}", "${KEY}", THERE, "separate"),
        ("${KEY}", "${OTHER}", THERE, "differs"),
        (SsmValue("/k"), SsmValue("/k"), THERE, "separate"),
        (SsmValue("/k"), SsmValue("/k"), HERE, "same"),
        (SsmValue("/{stage}/k"), SsmValue("/{stage}/k"), HERE, "differs"),
        (SecretValue("k", "a"), SecretValue("k", "b"), HERE, "differs"),
        (SecretValue("k"), SsmValue("k"), HERE, "differs"),
        (OutputValue("Url", "api"), OutputValue("Url", "api"), HERE, "separate"),
        (None, "a", THERE, "added"),
        ("a", None, THERE, "absent"),
    ],
    ids=str,
)
def test_a_value_is_compared_by_what_names_it(
    before: DeployValue | None, ours: DeployValue | None, aws: Aws, compared: ValueComparison
) -> None:
    def given(value: DeployValue | None) -> DeploySettings:
        return DeploySettings(params=(("k", value),) if value is not None else ())

    (found,) = list_values(service(given(before), given(ours), aws), "prod", "dev")
    assert (found.kind, found.name, found.compared, found.before) == ("param", "k", compared, "dev")


def test_no_value_is_told_and_parameters_come_first() -> None:
    settings = DeploySettings(
        env=(("TOKEN", "canary-${KEY}"), ("MODE", "canary")),
        params=(("secret", SecretValue("shop/{stage}", "key")), ("db", SsmValue("/{stage}/db")), ("domain", "canary")),
    )
    found = list_values(service(settings, settings), "prod", None)
    assert [(value.kind, value.name, value.source, value.compared_words) for value in found] == [
        ("param", "db", "SSM /prod/db", ""),
        ("param", "domain", "configuration", ""),
        ("param", "secret", "secret shop/prod, key", ""),
        ("env", "MODE", "configuration", ""),
        ("env", "TOKEN", "environment KEY", ""),
    ]
    assert PlannedValue("env", "A", "configuration", "differs", "dev").compared_words == "differs from dev"
