"""Credentials have to last for as long as a deploy usually takes."""

from __future__ import annotations

import pytest

from promote_tui.core.planning.credentials import describe_expiry
from promote_tui.core.runs.typical_duration import TypicalDuration

MINUTE = 60.0
HALF_AN_HOUR = TypicalDuration(30 * MINUTE)


@pytest.mark.parametrize(
    ("left", "usual", "bake", "right"),
    [
        (
            11 * MINUTE,
            HALF_AN_HOUR,
            0.0,
            "the credentials expire in 11m; a deploy here usually takes 30m: with 5m to spare they must last 35m",
        ),
        (
            40 * MINUTE,
            HALF_AN_HOUR,
            10 * MINUTE,
            (
                "the credentials expire in 40m; a deploy here usually takes 30m:"
                " with 10m of bake and 5m to spare they must last 45m"
            ),
        ),
        (
            11 * MINUTE,
            None,
            0.0,
            (
                "the credentials expire in 11m; no deploy here is on record, 10m is assumed:"
                " with 5m to spare they must last 15m"
            ),
        ),
        (-5.0, TypicalDuration(20.0), 0.0, "the credentials expire in 0s; a deploy here usually takes 20s: "),
        (35 * MINUTE, HALF_AN_HOUR, 0.0, ""),
        (45 * MINUTE, HALF_AN_HOUR, 10 * MINUTE, ""),
        (15 * MINUTE, None, 0.0, ""),
        (6 * MINUTE, TypicalDuration(40.0), 0.0, ""),
    ],
)
def test_they_are_measured_against_the_usual_deploy_the_bake_and_a_margin(
    left: float, usual: TypicalDuration | None, bake: float, right: str
) -> None:
    found = describe_expiry(left, usual, bake)
    assert found.startswith(right) if right.endswith(" ") else found == right


def test_the_bake_of_earlier_runs_is_not_counted_beside_todays() -> None:
    baked = TypicalDuration(25 * MINUTE, {"deploy": 14 * MINUTE, "bake": 10 * MINUTE})
    assert describe_expiry(30 * MINUTE, baked, 10 * MINUTE) == ""
    assert "usually takes 15m" in describe_expiry(29 * MINUTE, baked, 10 * MINUTE)
