"""The aliases that requests come through, by the template alone."""

from __future__ import annotations

from typing import Any

import pytest

from promote_tui.core.package.aliases import served_aliases

HELLO: dict[str, Any] = {"Type": "AWS::Lambda::Function"}
REF, ARN = {"Ref": "Hello"}, {"Fn::GetAtt": ["Hello", "Arn"]}


def resource(kind: str, **properties: object) -> dict[str, object]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


@pytest.mark.parametrize(
    ("other", "names"),
    [
        (resource("Lambda::Alias", FunctionName=REF, Name="live"), ("live",)),
        (resource("Lambda::Alias", FunctionName=ARN, Name="provisioned"), ("provisioned",)),
        (resource("Lambda::Alias", FunctionName="by-name", Name="live"), ()),
        (resource("Lambda::Alias", FunctionName=REF, Name={"Ref": "Stage"}), ()),
        (resource("Lambda::Url", TargetFunctionArn=ARN, Qualifier="live"), ("live",)),
        (resource("Lambda::EventSourceMapping", FunctionName={"Fn::Join": [":", [ARN, "live"]]}), ()),
        (resource("Lambda::EventSourceMapping", FunctionName={"Fn::Join": ["", [ARN, ":live"]]}), ("live",)),
        (resource("Lambda::EventSourceMapping", FunctionName={"Fn::Sub": "${Hello.Arn}:live"}), ("live",)),
        (resource("Lambda::EventSourceMapping", FunctionName={"Fn::Sub": ["${Hello}:live", {}]}), ("live",)),
        (resource("Lambda::EventSourceMapping", FunctionName={"Fn::Join": ["", [ARN, ":7"]]}), ()),
        (resource("Lambda::EventSourceMapping", FunctionName=ARN), ()),
        (
            resource(
                "ApiGateway::Method",
                Integration={"Uri": {"Fn::Join": ["", ["arn:x:path/functions/", ARN, ":live/invocations"]]}},
            ),
            ("live",),
        ),
        (resource("ApiGatewayV2::Integration", IntegrationUri={"Fn::Sub": "${Hello.Arn}:live/invocations"}), ("live",)),
        (resource("Lambda::Permission", FunctionName={"Fn::Join": ["", [ARN, ":live"]]}), ("live",)),
        (resource("IAM::Role", X={"Fn::Join": ["", ["log-group:", REF, ":log-stream"]]}), ()),
        (resource("Lambda::Alias", FunctionName={"Ref": "Gone"}, Name="live"), ()),
        ({"Type": "AWS::Lambda::Alias"}, ()),
    ],
    ids=str,
)
def test_an_alias_serves_where_the_template_makes_it_or_sends_requests_to_it(
    other: dict[str, object], names: tuple[str, ...]
) -> None:
    found = served_aliases({"Resources": {"Hello": HELLO, "Other": other}})
    assert found == ({"Hello": names} if names else {})


@pytest.mark.parametrize("template", [{}, {"Resources": None}, {"Resources": {"Hello": "x"}}], ids=str)
def test_a_template_without_functions_has_none(template: dict[str, object]) -> None:
    assert served_aliases(template) == {}


def test_an_alias_that_is_named_twice_is_one() -> None:
    alias = resource("Lambda::Alias", FunctionName=REF, Name="live")
    mapping = resource("Lambda::EventSourceMapping", FunctionName={"Fn::Sub": "${Hello}:live"})
    assert served_aliases({"Resources": {"Hello": HELLO, "A": alias, "B": mapping}}) == {"Hello": ("live",)}
