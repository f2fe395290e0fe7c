"""What was changed by hand, with values only where they are public."""

from __future__ import annotations

from datetime import timedelta

import pytest

from promote_tui.core.changes.model import PropertyChange, ResourceChange
from promote_tui.core.changes.stack_drift import PropertyDrift, ResourceDrift, StackDrift, differences, mark_overwritten
from tests.support.values import NOW


def test_values_are_shown_only_of_public_properties() -> None:
    drift = ResourceDrift(
        "Charge",
        "AWS::Lambda::Function",
        deleted=False,
        properties=(
            PropertyDrift("Timeout", "change", "6", "30"),
            PropertyDrift("Environment.Variables.TOKEN", "change", "secret-1", "secret-2"),
        ),
    )
    assert differences(drift) == (PropertyChange("Timeout", "6", "30"), PropertyChange("Environment.Variables.TOKEN"))


FUNCTION = "AWS::Lambda::Function"
BY_HAND = ResourceDrift(
    "Api",
    FUNCTION,
    deleted=False,
    properties=(
        PropertyDrift("Timeout", "change", "6", "30"),
        PropertyDrift("Environment.Variables.X", "add", "", "1"),
    ),
)
LOOKED = StackDrift((BY_HAND, ResourceDrift("Gone", "AWS::SQS::Queue", deleted=True)), NOW - timedelta(days=2))


@pytest.mark.parametrize(
    ("change", "overwrites", "notes"),
    [
        (
            ResourceChange("Api", FUNCTION, "modify", properties=(PropertyChange("Timeout", "6", "9"),)),
            ("Timeout",),
            ("may overwrite a manual change of Environment.Variables.X",),
        ),
        (
            ResourceChange("Api", FUNCTION, "modify", properties=(PropertyChange("Environment"),)),
            ("Environment.Variables.X",),
            ("may overwrite a manual change of Timeout",),
        ),
        (
            ResourceChange("Api", FUNCTION, "modify", properties=(PropertyChange("Environment.Variables.XY"),)),
            (),
            ("may overwrite a manual change of Timeout, Environment.Variables.X",),
        ),
        (ResourceChange("Api", FUNCTION, "remove"), ("Timeout", "Environment.Variables.X"), ()),
        (ResourceChange("Api", FUNCTION, "modify", "true"), ("Timeout", "Environment.Variables.X"), ()),
        (ResourceChange("Other", FUNCTION, "modify"), (), ()),
        (
            ResourceChange("Gone", "AWS::SQS::Queue", "modify"),
            (),
            ("was deleted by hand: CloudFormation cannot update it, so this deploy will probably fail",),
        ),
        (ResourceChange("Gone", "AWS::SQS::Queue", "remove"), (), ()),
        (ResourceChange("Gone", "AWS::SQS::Queue", "modify", "true"), (), ()),
        (ResourceChange("Api", FUNCTION, "remove", kept=True), (), ()),
    ],
)
def test_a_deploy_sets_back_what_it_writes(
    change: ResourceChange, overwrites: tuple[str, ...], notes: tuple[str, ...]
) -> None:
    (found,), warnings = mark_overwritten([change], LOOKED, NOW)
    assert (found.overwrites, found.notes) == (overwrites, notes)
    words = "this deploy overwrites a manual change of Api, as CloudFormation found 2d ago"
    assert warnings == ((words,) if overwrites else ())


def test_where_nobody_looked_nothing_is_said() -> None:
    change = ResourceChange("Api", FUNCTION, "modify", properties=(PropertyChange("Timeout", "6", "9"),))
    assert mark_overwritten([change], StackDrift(), NOW) == ((change,), ())
