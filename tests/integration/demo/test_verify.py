"""The witness compares what it saw with what the program says."""

from __future__ import annotations

from typing import Any

import pytest

from promote_tui.demo.verify import SeenStack, differences

SHA, OTHER = "a" * 40, "b" * 40
DONE = SeenStack("UPDATE_COMPLETE", SHA)


def matrix(**cell: str | None) -> dict[str, Any]:
    return {"services": [{"name": "orders", "stages": {"prod": cell}}]}


@pytest.mark.parametrize(
    ("status", "stack"),
    [
        (matrix(stack_status="UPDATE_COMPLETE", commit=SHA), DONE),
        (matrix(stack_status=None, commit=None), None),
        (matrix(), None),
    ],
)
def test_what_agrees_makes_no_line(status: dict[str, Any], stack: SeenStack | None) -> None:
    assert differences(status, {("orders", "prod"): stack}) == []


@pytest.mark.parametrize(
    ("status", "stack"),
    [
        (matrix(stack_status="UPDATE_COMPLETE", commit=OTHER), DONE),
        (matrix(stack_status="CREATE_COMPLETE", commit=SHA), DONE),
        (matrix(stack_status=None, commit=None), DONE),
        (matrix(stack_status="UPDATE_COMPLETE", commit=SHA), None),
        ({"services": []}, DONE),
    ],
)
def test_what_differs_is_named(status: dict[str, Any], stack: SeenStack | None) -> None:
    (line,) = differences(status, {("orders", "prod"): stack})
    assert line.startswith("orders/prod: status says ")
