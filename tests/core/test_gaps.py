"""What a record does not hold."""

from __future__ import annotations

from dataclasses import replace

from promote_tui.core.gaps import gaps
from tests.core.values import NOW, B, run, unknown_run, verified_run


def test_what_is_missing_is_named() -> None:
    assert gaps([], None, alone=False) == ()
    assert gaps([verified_run(B)], None, alone=False) == ("nothing is on record before 2026-03-20 12:00 UTC",)
    assert gaps([verified_run(B)], NOW, alone=True) == ("runs of other machines are not in this ledger",)
    odd = replace(verified_run(B, "g3"), unknown_events=2)
    assert gaps([odd, run(run_id="g2"), unknown_run(B)], NOW, alone=False) == (
        "run g2 of orders to staging has not ended",
        "run g1 of orders to staging ended without a verdict: promote-tui runs reconcile g1",
        "run g3 holds 2 events of a newer version",
    )
