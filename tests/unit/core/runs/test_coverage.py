"""What a record does not hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.cells import Never, Unreachable, Unreported
from promote_tui.core.runs.coverage import CoverageContext, describe_gaps
from promote_tui.core.runs.events import Observed, Verified
from promote_tui.core.runs.fold import fold
from promote_tui.core.value import replace
from tests.support.values import NOW, STACK_ID, TARGET, A, B, deployed, planned, run, stack, unknown_run, verified_run

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.model.cells import Cell
    from promote_tui.core.runs.run import Run

LATER = NOW + timedelta(hours=3)
HOUR = timedelta(hours=1)
PROD = replace(TARGET, stage="prod", stack="orders-prod")
EMPTY = (Never(TARGET), Never(PROD))
BEGUN = ("nothing is on record before 2026-03-20 12:00 UTC",)


def first(name: str = "g1", **changed: object) -> Run:
    """A verified run onto a stack that was not there before."""
    seen = Observed(NOW, STACK_ID, "UPDATE_COMPLETE", B, "e2", NOW)
    found = fold((planned(B, run=name, **{"from_commit": None, **changed}), seen, Verified(NOW)))
    assert found is not None
    return found


def test_nothing_is_missing_of_nothing() -> None:
    assert describe_gaps([], CoverageContext([])) == ()


def test_an_embedded_ledger_is_that_of_one_machine() -> None:
    assert describe_gaps([], CoverageContext([], alone=True)) == ("runs of other machines are not in this ledger",)


def test_what_was_journalled_without_the_ledger_waits_for_its_import() -> None:
    (words,) = describe_gaps([], CoverageContext([], journalled=2))
    told = "2 rollbacks without the team's ledger, journalled on this machine"
    assert words == f"{told}: promote-tui ledger import --break-glass"


@pytest.mark.parametrize(
    ("since", "told"),
    [(None, BEGUN), (NOW - HOUR, BEGUN), (NOW, ()), (NOW + HOUR, ())],
)
def test_the_time_before_the_first_run_is_missing_where_it_was_asked_for(
    since: datetime | None, told: tuple[str, ...]
) -> None:
    """Also where none of the runs that are wanted, by their person, is the first one."""
    assert describe_gaps([], CoverageContext([first()], EMPTY, since)) == told


def test_how_the_code_came_there_that_the_first_run_found_is_missing_stack_by_stack() -> None:
    later = first("g2", at=NOW + HOUR, key=PROD.key, stage="prod", from_commit=A)
    again = first("g3", at=LATER, from_commit=B)
    came = "how aaaaaaa got to orders/prod before its first run, 2026-03-20 13:00 UTC"
    assert describe_gaps([], CoverageContext([again, later, first()], EMPTY)) == (*BEGUN, came)
    assert describe_gaps([], CoverageContext([again, later, first()], EMPTY, NOW)) == (came,)
    assert describe_gaps([], CoverageContext([again, later, first()], EMPTY, NOW + HOUR)) == ()


def test_runs_without_a_verdict_and_of_newer_versions_are_named() -> None:
    odd = replace(verified_run(B, "g3"), unknown_events=1)
    assert describe_gaps([odd, run(run_id="g2"), unknown_run(B)], CoverageContext([])) == (
        "run g2 of orders to staging has not ended",
        "run g1 of orders to staging ended without a verdict: promote-tui runs reconcile g1",
        "run g3 holds 1 event of a newer version",
    )


def updated(at: datetime) -> Cell:
    return replace(deployed(A), stack=replace(stack(A), updated_at=at))


BY_HAND = "orders/staging was updated on 2026-03-20 15:00 UTC, outside of promote-tui: "


@pytest.mark.parametrize(
    ("cell", "runs", "told"),
    [
        (deployed(B), [first()], ()),
        (Never(TARGET), [], ()),
        (updated(LATER), [first()], (f"{BY_HAND}promote-tui runs record orders --stage staging",)),
        (deployed(A), [], ("orders/staging runs aaaaaaa, and no run of it is on record",)),
        (
            Unreported(TARGET, stack(None), "x", "y"),
            [],
            ("orders/staging was deployed to, and no run of it is on record",),
        ),
        (
            Unreachable(TARGET, "the token has expired", "log in"),
            [first()],
            ("what others did to staging of orders, which cannot be read: the token has expired",),
        ),
    ],
)
def test_what_others_did_is_missing_until_it_is_written_down(
    cell: Cell, runs: list[Run], told: tuple[str, ...]
) -> None:
    assert describe_gaps([], CoverageContext(runs, [cell])) == ((*BEGUN, *told) if runs else told)


def test_what_others_did_before_the_time_that_was_asked_for_is_not_missing() -> None:
    assert describe_gaps([], CoverageContext([first()], [updated(LATER)], since=LATER)) == ()
    assert len(describe_gaps([], CoverageContext([first()], [updated(LATER)], since=LATER - HOUR))) == 1


def test_stages_out_of_reach_are_told_once_for_each_cause() -> None:
    cells = [
        Unreachable(replace(TARGET, service=service, stage=stage), reason, "log in")
        for service, stage, reason in (
            *(("orders", "prod", "expired"), ("billing", "prod", "expired")),
            *(("emails", "prod", "denied"), ("orders", "dev", "expired")),
        )
    ]
    assert describe_gaps([], CoverageContext([], cells)) == (
        "what others did to prod of billing, orders, which cannot be read: expired",
        "what others did to prod of emails, which cannot be read: denied",
        "what others did to dev of orders, which cannot be read: expired",
    )


def test_stacks_that_the_configuration_does_not_have_any_more_are_counted() -> None:
    assert describe_gaps([], CoverageContext([first(key="old"), first()], [deployed(B)])) == (
        *BEGUN,
        "what others did to 1 stack on record outside of this configuration",
    )
