"""How much CloudFormation takes of a template."""

from __future__ import annotations

from typing import Any

import pytest

from promote_tui.core.changes.model import ChangeReview
from promote_tui.core.changes.template_limits import exceeded_limits
from promote_tui.core.gates.model import GateResult
from tests.support.gates import review_gates


def many(part: str, count: int) -> dict[str, Any]:
    """A template with so many of something."""
    return {part: {f"A{number}": {} for number in range(count)}}


@pytest.mark.parametrize(
    ("template", "over"),
    [
        ({}, ""),
        (many("Outputs", 200), ""),
        (many("Outputs", 201), "201 outputs, at most 200 are allowed"),
        (many("Resources", 500) | many("Mappings", 200) | many("Parameters", 200), ""),
        (many("Resources", 501), "501 resources, at most 500 are allowed"),
        (
            many("Outputs", 202) | many("Parameters", 201),
            "202 outputs, at most 200 are allowed and 201 parameters, at most 200 are allowed",
        ),
        ({"Description": "x" * 999_982}, ""),
        ({"Description": "x" * 999_983}, "1,000,001 bytes, at most 1,000,000 are allowed"),
        ({"Description": "\u00e9" * 500_000}, "1,000,018 bytes, at most 1,000,000 are allowed"),
    ],
)
def test_what_is_too_much_is_counted(template: dict[str, Any], over: str) -> None:
    assert exceeded_limits(template) == over


def test_a_template_that_cloudformation_refuses_closes_a_gate() -> None:
    assert review_gates(ChangeReview(predicted="why"), (), "template") == ()
    assert review_gates(
        ChangeReview(refused="Number of outputs, 201, is greater than maximum allowed, 200"), (), "template"
    ) == (
        GateResult(
            "template",
            passed=False,
            reason="CloudFormation refuses it: Number of outputs, 201, is greater than maximum allowed, 200",
            remedy="fix the service's template, then plan again",
        ),
    )
