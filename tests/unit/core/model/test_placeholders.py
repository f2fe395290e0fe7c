"""What stands in braces in the settings of a deploy."""

from __future__ import annotations

import pytest

from promote_tui.core.model.pipeline import Aws, DeploySettings, Service, StackOutput, Target
from promote_tui.core.model.placeholders import fill_placeholders, fill_variables, placeholders, variables

VALUES = {"stage": "dev", "service": "orders", "region": "eu-west-1"}


@pytest.mark.parametrize(
    ("text", "names", "result"),
    [
        ("t-{stage}", ("stage",), "t-dev"),
        ("{service}/{stage}/{stage}", ("service", "stage"), "orders/dev/dev"),
        ("{region}", ("region",), "eu-west-1"),
        ("{user}", ("user",), "{user}"),
        ("{Stage}", ("Stage",), "{Stage}"),
        ("${stage}", (), "${stage}"),
        ("${STAGE}-{stage}", ("stage",), "${STAGE}-dev"),
        ("%{http_code}", (), "%{http_code}"),
        ("{{stage}}", (), "{{stage}}"),
        ("${env:API_{stage}}", ("stage",), "${env:API_dev}"),
        ('{"stage": 1}', (), '{"stage": 1}'),
        ("{ stage }", (), "{ stage }"),
        ("{}", (), "{}"),
        ("none", (), "none"),
    ],
)
def test_a_word_in_single_braces_is_a_placeholder(text: str, names: tuple[str, ...], result: str) -> None:
    assert placeholders(text) == names
    assert fill_placeholders(text, VALUES) == result


def test_all_that_a_stage_is_deployed_with_is_filled() -> None:
    targets = tuple(
        Target("orders", stage, f"orders-{stage}", stage, Aws(region, "1" * 12))
        for stage, region in (("dev", "eu-west-1"), ("prod", "us-east-1"))
    )
    usual = DeploySettings(
        command=("tools/{stage}",),
        install=("make", "{region}"),
        before=(("build", "{service}"),),
        args=("--param", "table=t-{stage}"),
        package_args=("{stage}",),
        env=(("TABLE", "t-{stage}-${TOKEN}"),),
        files=(".env.{stage}",),
    )
    own = (("prod", DeploySettings(args=("{region}",))),)
    its = Service("orders", "/repo", ".", (), StackOutput(), usual, targets, stage_deploys=own)
    assert its.at("dev").deploy == DeploySettings(
        command=("tools/dev",),
        install=("make", "eu-west-1"),
        before=(("build", "orders"),),
        args=("--param", "table=t-dev"),
        package_args=("dev",),
        env=(("TABLE", "t-dev-${TOKEN}"),),
        files=(".env.dev",),
    )
    assert its.at("prod").deploy == DeploySettings(args=("us-east-1",))
    assert its.at("dev").at("dev") == its.at("dev")


def test_variables_are_filled_in_and_one_that_has_no_value_is_named() -> None:
    text = "https://${USER}:${TOKEN}@registry/{stage}"
    assert variables(text) == ("USER", "TOKEN")
    assert fill_variables(text, {"USER": "ana", "TOKEN": "t"}) == "https://ana:t@registry/{stage}"
    with pytest.raises(KeyError, match="TOKEN"):
        fill_variables(text, {"USER": "ana"})
