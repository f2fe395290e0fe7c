"""What two stages set differently, once their own names are taken out; values only where they are public."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.core.drift.config import Difference, StageTemplate, compare
from tests.support.fakes import world

if TYPE_CHECKING:
    from promote_tui.core.changes.model import Template
    from tests.support.aliases import Json

LAMBDA = "AWS::Lambda::Function"


def template(stage: str, **functions: Json) -> Template:
    """Return the template of a service with a function, whose properties are given by name."""
    account = world.target("orders", stage).aws.account
    properties: dict[str, Any] = {
        "FunctionName": f"orders-{stage}-handler",
        "Role": f"arn:aws:iam::{account}:role/orders-{stage}",
        "Code": {"S3Key": f"serverless/orders/{stage}/1760000000-2026/orders.zip"},
        "Environment": {"Variables": {"TABLE": f"orders-{stage}", "URL": f"https://eu-west-1.{stage}.example"}},
        **functions,
    }
    version = f"HandlerLambdaVersion{account}"
    return {
        "Resources": {
            "Handler": {"Type": LAMBDA, "Properties": properties},
            version: {"Type": "AWS::Lambda::Version", "Properties": {"CodeSha256": account}},
        },
        "Outputs": {"DeployedCommit": {"Value": account}, "HandlerQualifiedArn": {"Value": {"Ref": version}}},
    }


def found(here: Template, before: Template) -> tuple[Difference, ...]:
    """Return what prod has differently from staging."""
    ignored = frozenset({"DeployedCommit"})
    sides = (
        StageTemplate(here, world.target("orders", "prod"), ignored),
        StageTemplate(before, world.target("orders", "staging"), ignored),
    )
    return compare(*sides)


def test_a_stages_own_names_and_what_every_deploy_changes_are_no_difference() -> None:
    assert found(template("prod"), template("staging")) == ()


@pytest.mark.parametrize(
    ("here", "before", "difference"),
    [
        ({"MemorySize": 1024}, {"MemorySize": 512}, ("property", "both", "MemorySize", "1024", "512")),
        ({}, {"Timeout": 30}, ("property", "before", "Timeout", "", "30")),
        ({"Layers": ["a"]}, {"Layers": ["b"]}, ("property", "both", "Layers", None, None)),
        ({"KmsKeyArn": "a"}, {}, ("property", "here", "KmsKeyArn", None, None)),
        (
            {"VpcConfig": {"SubnetIds": ["a"], "SecurityGroupIds": ["x"]}},
            {"VpcConfig": {"SubnetIds": ["b"], "SecurityGroupIds": ["x"]}},
            ("property", "both", "VpcConfig.SubnetIds", None, None),
        ),
        ({"Role": {"Ref": "A"}}, {"Role": {"Ref": "B"}}, ("property", "both", "Role", None, None)),
    ],
)
def test_a_property_that_differs_is_named_with_its_value_where_it_is_public(
    here: dict[str, Any], before: dict[str, Any], difference: tuple[Any, ...]
) -> None:
    (one,) = found(template("prod", **here), template("staging", **before))
    assert one.name == "Handler"
    assert (one.part, one.holder, one.path, one.here, one.before) == difference


@pytest.mark.parametrize(
    ("here", "before", "differences"),
    [
        ({"TOKEN": "secret-1"}, {"TOKEN": "secret-2"}, [("TOKEN", "both")]),
        ({"TOKEN": "secret-1", "DEBUG": "1"}, {"TOKEN": "secret-1"}, [("DEBUG", "here")]),
        ({}, {"TOKEN": "secret-1"}, [("TOKEN", "before")]),
    ],
)
def test_values_of_the_environment_are_never_shown(
    here: dict[str, str], before: dict[str, str], differences: list[tuple[str, str]]
) -> None:
    ours, theirs = ({"Environment": {"Variables": {"SAME": "1", **each}}} for each in (here, before))
    told = found(template("prod", **ours), template("staging", **theirs))
    assert [(each.path, each.holder) for each in told] == differences
    assert {each.part for each in told} == {"environment"}
    assert "secret" not in str(told)


def test_resources_parameters_and_outputs_that_one_lacks_are_named() -> None:
    ours, theirs = dict(template("prod")), dict(template("staging"))
    ours["Resources"] = {**ours["Resources"], "Alarm": {"Type": "AWS::CloudWatch::Alarm"}}
    ours["Parameters"] = {"Size": {"Type": "Number"}}
    theirs["Outputs"] = {**theirs["Outputs"], "Url": {"Value": "x"}}
    told = [(each.part, each.name, each.holder) for each in found(ours, theirs)]
    assert told == [("resource", "Alarm", "here"), ("parameter", "Size", "here"), ("output", "Url", "before")]


@pytest.mark.parametrize(
    "odd", [{}, {"Resources": None}, {"Resources": {"A": None}}, {"Resources": {"A": {"Properties": 3}}}]
)
def test_an_odd_template_is_no_crash(odd: Template) -> None:
    assert isinstance(found(odd, template("staging")), tuple)
    assert isinstance(found(template("prod"), odd), tuple)
