"""Which rows of the matrix are shown, and in which order."""

from __future__ import annotations

import pytest

from promote_tui.core.cell_state import CellState
from promote_tui.core.filter_query import describe_misread, parse
from promote_tui.core.matrix_filter import FIELDS, Order, Row, matches_query, sort_rows, values
from promote_tui.tui.presentation.drift.filter import misread as misread_drift
from tests.support.fakes import world

CELLS = world.cells()
STAGES = ("dev", "staging", "prod")


def row(service: str, branches: dict[str, tuple[str, ...]] | None = None) -> Row:
    return Row(service, {stage: CELLS.get((service, stage)) for stage in STAGES}, branches or {})


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", True),
        ("bill", True),
        ("BILL", True),
        ("a81be", True),
        ("behind", True),
        ("bill behind", True),
        ("never", False),
        ("bill never", False),
        ("zzz", False),
        ("state:behind", True),
        ("state:failed", False),
        ("state:failed,behind", True),
        ("state:update_complete", True),
        ("drift:behind", True),
        ("drift:diverged", False),
        ("drift:", True),
        ("stage:staging drift:behind", True),
        ("stage:dev drift:behind", False),
        ("service:bill", True),
        ("service:orders", False),
        ("service:orders,bill", True),
        ("commit:a81be07", True),
        ("commit:ffff", False),
        ("branch:feature/pdf", True),
        ("stage:prod branch:feature", False),
        ("feature/p", True),
        ("who:ana", True),
        ("who:zoe", False),
        ("colour:red", False),
    ],
)
def test_filter_is_over_service_branch_hash_state_and_drift(query: str, *, kept: bool) -> None:
    billing = row("billing", {world.sha("a81be07"): ("main", "feature/pdf")})
    assert matches_query(parse(query, FIELDS), billing) is kept


def test_an_unread_cell_is_found_by_its_service_alone() -> None:
    unread = Row("ledger", dict.fromkeys(STAGES), {})
    assert matches_query(parse("ledg", FIELDS), unread)
    assert matches_query(parse("state:loading", FIELDS), unread)
    assert not matches_query(parse("drift:behind", FIELDS), unread)


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [("name", "billing", "webhooks"), ("staleness", "checkout", "webhooks"), ("drift", "checkout", "webhooks")],
)
def test_rows_are_sorted_by_name_by_the_oldest_last_stage_and_by_drift(order: Order, first: str, last: str) -> None:
    names = [found.service for found in sort_rows([row(name) for name in reversed(world.NAMES)], order)]
    assert (names[0], names[-1]) == (first, last)
    assert sorted(names) == sorted(world.NAMES)


def test_every_state_of_a_cell_can_be_asked_for() -> None:
    assert not any(describe_misread(f"state:{state.filter_word}", values(STAGES)) for state in CellState)
    assert describe_misread("state:foo", values(STAGES)).startswith("state has no foo; it has half-way, failed,")


def test_drift_has_no_branches_and_says_so() -> None:
    assert misread_drift("branch:main", STAGES).startswith("there is no field branch;")
    assert not misread_drift("state:same drift:hotfix stage:prod", STAGES)
