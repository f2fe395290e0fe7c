"""What was changed by hand, with values only where they are public."""

from __future__ import annotations

from promote_tui.core.changes import PropertyChange
from promote_tui.core.stack_drift import PropertyDrift, ResourceDrift, differences


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
