"""What people look for stands first."""

from __future__ import annotations

from promote_tui.core.description.ordering import list_outputs, list_resources
from promote_tui.core.model.stack_resources import StackResource


def test_urls_come_before_other_outputs_and_keys_are_masked() -> None:
    found = list_outputs([("Bucket", "b"), ("Api", "https://a"), ("Key", "AKIAABCDEFGHIJKLMNOP"), ("Web", "https://w")])
    assert [(each.name, each.value, each.is_url) for each in found] == [
        ("Api", "https://a", True),
        ("Web", "https://w", True),
        ("Bucket", "b", False),
        ("Key", "[masked]", False),
    ]


def test_what_failed_comes_before_functions_and_those_before_the_rest() -> None:
    def made(name: str, kind: str, status: str = "UPDATE_COMPLETE") -> StackResource:
        return StackResource(name, kind, f"{name}-1", status, "AKIAABCDEFGHIJKLMNOP")

    table, role = made("Table", "AWS::DynamoDB::Table", "UPDATE_FAILED"), made("Role", "AWS::IAM::Role")
    hello, bucket = made("Hello", "AWS::Lambda::Function"), made("Bucket", "AWS::S3::Bucket")
    found = list_resources([bucket, role, hello, table])
    assert [each.logical_id for each in found] == ["Table", "Hello", "Role", "Bucket"]
    assert {each.reason for each in found} == {"[masked]"}
    assert [each.is_function for each in found] == [False, True, False, False]
