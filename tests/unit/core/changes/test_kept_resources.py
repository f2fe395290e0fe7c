"""What stays in the account when a stack is deleted, by its template."""

from __future__ import annotations

from typing import Any

import pytest

from promote_tui.core.changes.kept_resources import kept_resources

VERSION: dict[str, Any] = {
    "Type": "AWS::Lambda::Version",
    "DeletionPolicy": "Retain",
    "Properties": {"FunctionName": {"Ref": "Hello"}},
}
GOES: dict[str, Any] = {"Type": "AWS::Lambda::Function"}
STAYS: dict[str, Any] = {"Type": "AWS::Lambda::Function", "DeletionPolicy": "Retain"}
TABLE: dict[str, Any] = {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "RetainExceptOnCreate"}


@pytest.mark.parametrize(
    ("resources", "kept"),
    [
        ({"Hello": GOES, "Version": VERSION}, ()),
        ({"Hello": STAYS, "Version": VERSION}, ("Hello", "Version")),
        ({"Version": VERSION}, ("Version",)),
        ({"Table": TABLE, "Hello": GOES}, ("Table",)),
        ({"Snapshot": {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Snapshot"}}, ()),
        ({"Odd": "x"}, ()),
        (None, ()),
    ],
    ids=str,
)
def test_a_policy_keeps_a_resource_and_versions_go_with_their_function(
    resources: dict[str, Any] | None, kept: tuple[str, ...]
) -> None:
    assert kept_resources({"Resources": resources}) == kept
