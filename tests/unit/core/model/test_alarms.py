"""Which alarms are not what they should be."""

from __future__ import annotations

import pytest

from promote_tui.core.model.alarms import Alarm, unhealthy_alarms


@pytest.mark.parametrize(
    ("state", "words", "fatal"),
    [
        ("OK", [], False),
        ("ALARM", ["errors is ALARM"], True),
        ("INSUFFICIENT_DATA", ["errors is INSUFFICIENT_DATA"], False),
        (None, ["errors cannot be read: access denied"], False),
    ],
)
def test_every_alarm_that_is_not_ok_is_named_and_only_one_that_went_off_ends_a_bake(
    state: str | None, words: list[str], *, fatal: bool
) -> None:
    found = (Alarm("errors", state, "access denied"), Alarm("of others", "ALARM"))
    assert unhealthy_alarms(("errors",), found) == words
    assert unhealthy_alarms(("errors",), found, fatal=True) == (words if fatal else [])


def test_an_alarm_that_was_not_read_is_not_taken_for_ok() -> None:
    assert unhealthy_alarms(("errors",), ()) == ["errors cannot be read: was not read"]
