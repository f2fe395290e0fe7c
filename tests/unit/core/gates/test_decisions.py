"""What people have decided: what of it holds now, and how it is told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from promote_tui.core.gates.decisions import Decision, describe_decision, lasts_until, ticks_by_item
from tests.support.gates import decision

UNTIL = datetime.fromisoformat("2026-03-21T09:00:00+00:00")
LATE = decision("hold", "ben", at=datetime.fromisoformat("2026-03-20T23:30:00-04:00"))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (decision("hold", "ben"), "on hold by ben since 2026-03-20"),
        (decision("hold", "ben", reason="loses money"), "on hold by ben since 2026-03-20: loses money"),
        (
            decision("hold", "ben", expires_at=datetime.fromisoformat("2026-03-21T09:00:00+00:00"), reason="fair"),
            "on hold by ben since 2026-03-20, until 2026-03-21 09:00 UTC: fair",
        ),
        (LATE, "on hold by ben since 2026-03-21"),
        (
            decision("hold", "ben", expires_at=datetime.fromisoformat("2026-03-21T09:00:00+01:00")),
            "on hold by ben since 2026-03-20, until 2026-03-21 08:00 UTC",
        ),
    ],
)
@pytest.mark.usefixtures("far_from_utc")
def test_a_decision_is_told_by_the_clock_of_utc(found: Decision, words: str) -> None:
    assert describe_decision("on hold", found) == words


def test_a_tick_is_of_its_stage_and_stands_until_it_is_taken_back() -> None:
    ticked, elsewhere = decision("check", "ben", item="QA"), decision("check", "ben", item="Seen", stage="staging")
    taken = decision("withdraw", "eve", item="QA")
    assert ticks_by_item([ticked, elsewhere], "prod") == {"QA": ticked}
    assert ticks_by_item([ticked, taken], "prod") == {}
    assert ticks_by_item([taken, ticked], "prod") == {"QA": ticked}
    assert ticks_by_item([decision("approve", "ben")], "prod") == {}


@pytest.mark.parametrize(
    ("hold", "end", "lasts"),
    [
        (None, None, False),
        (None, UNTIL, False),
        (decision("hold", "ben"), None, True),
        (decision("hold", "ben"), UNTIL, True),
        (decision("hold", "ben", expires_at=UNTIL), None, False),
        (decision("hold", "ben", expires_at=UNTIL), UNTIL - timedelta(seconds=1), True),
        (decision("hold", "ben", expires_at=UNTIL), UNTIL, True),
        (decision("hold", "ben", expires_at=UNTIL), UNTIL + timedelta(seconds=1), False),
    ],
)
def test_a_hold_lasts_until_a_moment_that_does_not_come_after_its_end(
    hold: Decision | None, end: datetime | None, *, lasts: bool
) -> None:
    assert lasts_until(hold, end) is lasts
