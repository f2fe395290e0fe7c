"""Which environment values a package leaves empty."""

from __future__ import annotations

from typing import Any

import pytest

from promote_tui.core.changes.changeset import predict
from promote_tui.core.changes.environment import emptied_variables


def template(**functions: dict[str, Any]) -> dict[str, Any]:
    """Return a template with these functions by their variables."""
    return {
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"Environment": {"Variables": {"API_URL": ""}}}},
            **{
                name: {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": variables}}}
                for name, variables in functions.items()
            },
        }
    }


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (template(A={"URL": "https://x"}), template(A={"URL": ""}), ["the environment value URL becomes empty: A"]),
        (template(A={"URL": {"Ref": "P"}}), template(A={"URL": ""}), ["the environment value URL becomes empty: A"]),
        (template(A={}), template(A={"URL": ""}), ["the environment value URL is new, and empty: A"]),
        ({}, template(A={"URL": ""}), ["the environment value URL is new, and empty: A"]),
        (
            template(A={"URL": "1", "KEY": "1"}, B={"URL": "1"}),
            template(A={"URL": "", "KEY": "", "NEW": ""}, B={"URL": ""}),
            [
                "the environment value KEY becomes empty: A",
                "the environment value URL becomes empty: A and B",
                "the environment value NEW is new, and empty: A",
            ],
        ),
        (template(A={"URL": ""}), template(A={"URL": ""}), []),
        (template(A={"URL": "1"}), template(A={"URL": {"Ref": "P"}}), []),
        (template(A={"URL": "1"}), template(A={}), []),
        (template(A={"URL": "1"}), template(), []),
        ({"Resources": {"A": 1}}, {"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {}}}}, []),
    ],
)
def test_a_value_that_is_empty_now_and_was_not_is_told(
    before: dict[str, Any], after: dict[str, Any], lines: list[str]
) -> None:
    assert emptied_variables(before, after) == tuple(lines)
    assert predict(before, after, "").warnings == tuple(lines)
