"""Which rows of the matrix a filter selects, and what is read for that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from promote_tui.core.cell_state import CellState
from promote_tui.core.git.relation import Behind, Same
from promote_tui.core.matrix import CellView
from promote_tui.core.matrix_filter import (
    FactsWanted,
    FilterFacts,
    Row,
    describe_misfit,
    facts_wanted,
    matches_query,
    parse_filter,
    rows_of,
)
from promote_tui.core.matrix_order import sort_rows
from promote_tui.core.model.cells import CellKey
from promote_tui.core.value import replace
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
    assert matches_query(parse_filter(query), billing) is kept


def test_an_unread_cell_is_found_by_its_service_alone() -> None:
    unread = Row("ledger", dict.fromkeys(STAGES), {})
    assert matches_query(parse_filter("ledg"), unread)
    assert matches_query(parse_filter("state:loading"), unread)
    assert not matches_query(parse_filter("drift:behind"), unread)


OWNED = world.owned_pipeline()
BILLING = ("billing", world.sha("a81be07"), world.sha("3f2a9c1"))
PROD = ("billing", world.sha("5d90c2e"), world.sha("a81be07"))
FACTS = FilterFacts(authors={BILLING: ("Ana Lima", "Ben"), PROD: ("Zoe",)}, viewer=frozenset({"ben", "lea"}))


def shown(query: str, facts: FilterFacts = FACTS) -> list[str]:
    rows = rows_of(OWNED, CELLS, facts)
    return sorted(row.service for row in rows if matches_query(parse_filter(query), row, facts.viewer))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("owner:payments", ["billing", "orders"]),
        ("OWNER:Pay bill", ["billing"]),
        ("owner:joe", ["billing", "orders"]),
        ("owner:payments,lea", ["billing", "emails", "orders"]),
        ("owner:nobody", []),
        ("owner:lea state:failed", []),
        ("who-waits:ben", ["billing"]),
        ("who-waits:ana stage:staging", ["billing"]),
        ("who-waits:ana stage:prod", []),
        ("who-waits:zoe,ben stage:prod", ["billing"]),
        ("mine", ["billing", "emails"]),
        ("MINE emails", ["emails"]),
        ("mine owner:payments", ["billing"]),
        ("service:mine", []),
    ],
)
def test_owners_and_whose_commits_wait_select_services(query: str, names: list[str]) -> None:
    assert shown(query) == names


def test_mine_is_what_i_own_by_any_of_my_names_and_what_waits_with_my_commits() -> None:
    for name in ("joe", "ana@example.com", "payments"):
        assert shown("mine", replace(FACTS, viewer=frozenset({name}))) == ["billing", "orders"]
    assert shown("mine", replace(FACTS, viewer=frozenset({"ana"}))) == []  # Ana Lima is another name
    assert shown("mine", FilterFacts()) == []


def test_a_filter_reads_only_what_it_asks_for() -> None:
    assert not facts_wanted(parse_filter("stage:prod owner:ana"), CELLS)
    by_word = facts_wanted(parse_filter("main"), CELLS)
    assert ("billing", world.sha("3f2a9c1")) in by_word.branches
    assert (by_word.authors, by_word.viewer) == (frozenset(), False)
    waits = facts_wanted(parse_filter("who-waits:ana"), CELLS)
    assert {BILLING, PROD} <= waits.authors
    assert (waits.branches, waits.viewer) == (frozenset(), False)
    assert facts_wanted(parse_filter("mine"), CELLS) == FactsWanted(authors=waits.authors, viewer=True)


def test_nothing_waits_where_a_stage_is_not_behind_or_a_commit_is_unknown() -> None:
    ahead = {key: replace(view, relation=Same()) for key, view in CELLS.items()}
    assert not facts_wanted(parse_filter("who-waits:ana"), ahead)
    alone = {("billing", "staging"): CELLS["billing", "staging"]}
    assert not facts_wanted(parse_filter("who-waits:ana"), alone)
    never = {
        ("billing", "dev"): CELLS["billing", "dev"],
        ("billing", "staging"): CellView(CELLS["webhooks", "prod"].cell, Behind(2), "dev"),
    }
    assert not facts_wanted(parse_filter("who-waits:ana"), never)


def test_what_was_read_is_not_read_again_and_joins_what_comes() -> None:
    one, both = FactsWanted(authors=frozenset({BILLING})), FactsWanted(authors=frozenset({BILLING, PROD}), viewer=True)
    assert both.without(one) == FactsWanted(authors=frozenset({PROD}), viewer=True)
    assert not both.without(one.join(both))
    joined = FilterFacts(authors={BILLING: ("Ben",)}, viewer=frozenset({"ana"})).join(
        FilterFacts({("orders", "c0ffee"): ("main",)}, {PROD: ("Zoe",)})
    )
    assert joined == FilterFacts(
        {("orders", "c0ffee"): ("main",)}, {BILLING: ("Ben",), PROD: ("Zoe",)}, frozenset({"ana"})
    )


def test_every_state_of_a_cell_can_be_asked_for() -> None:
    assert not any(describe_misfit(f"state:{state.filter_word}", STAGES) for state in CellState)
    assert describe_misfit("state:foo", STAGES).startswith("state has no foo; it has half-way, failed,")


def test_drift_has_no_branches_and_says_so() -> None:
    assert misread_drift("branch:main", STAGES).startswith("there is no field branch;")
    assert not misread_drift("state:same drift:hotfix stage:prod", STAGES)


class Unread(Mapping[CellKey, CellView]):
    """A matrix of which nothing may be looked at yet."""

    def __getitem__(self, key: CellKey) -> CellView:
        raise AssertionError(f"{key} was looked at")

    def __iter__(self) -> Iterator[CellKey]:
        raise AssertionError("all cells were looked at")

    def __len__(self) -> int:
        return 1


def test_rows_by_name_look_at_no_cell() -> None:
    rows = sort_rows(rows_of(world.pipeline(), Unread(), FilterFacts()), "name")
    assert [each.service for each in rows] == sorted(service.name for service in world.pipeline().services)
    with pytest.raises(AssertionError, match="was looked at"):
        sort_rows(rows, "staleness")
