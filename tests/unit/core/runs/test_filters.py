"""Which runs a filter is about."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.runs.events import RolledBack, Verified
from promote_tui.core.runs.filters import describe_misfit, fits, parse_filter, since_of, status_of, until_of
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.run import RunStatus
from tests.support.values import NOW, A, B, planned, run

FAILED = run(RolledBack(NOW, "OrdersTable (AWS::X::Y) UPDATE_FAILED: no", A), run_id="h3k9pq")
LATER = NOW + timedelta(days=3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "orders",
        "ORD",
        "refunds 409",
        "ana",
        "h3k",
        B[:7],
        A[:7],
        "rolled",
        "orderstable",
        "service:orders",
        "service:or stage:stag",
        "stage:prod,staging",
        "who:an",
        "status:rolled",
        "status:rolled-back",
        "kind:normal",
        "since:2026",
        "since:2026-03",
        "since:2026-03-20",
        "since:2026-03-",
        "since:2026-0",
        "since:2026-13",
        "since:2026-02-31",
        "since:tomorrow",
        "since:5d",
        "until:2026-03",
        "until:2026-03-20",
        "since:",
        "stage:",
    ],
)
def test_what_the_filter_keeps(text: str) -> None:
    assert fits(FAILED, parse_filter(text), LATER)


@pytest.mark.parametrize(
    "text",
    [
        "billing",
        "orders billing",
        "3k9pq",
        "service:rders",
        "stage:prod",
        "who:joe",
        "status:succeeded",
        "status:verified",
        "kind:hotfix",
        "since:2026-03-21",
        "since:2026-04",
        "since:2d",
        "until:2026-02",
        "until:2026-03-19",
        "until:2025",
        "orders stage:prod",
    ],
)
def test_what_the_filter_drops(text: str) -> None:
    assert not fits(FAILED, parse_filter(text), LATER)


def test_a_status_is_known_by_the_words_of_the_screens_too() -> None:
    assert status_of(parse_filter("status:verified")) is RunStatus.SUCCEEDED
    assert status_of(parse_filter("status:rolled_back")) is RunStatus.ROLLED_BACK
    assert status_of(parse_filter("status:roll")) is None
    assert status_of(parse_filter("status:failed,unknown")) is None
    assert fits(run(Verified(NOW)), parse_filter("status:deployed"), LATER)


def test_the_earliest_since_is_what_the_ledger_is_asked_for() -> None:
    found = since_of(parse_filter("since:2026-03-20,2026-02"), NOW)
    assert found is not None
    assert found.isoformat() == "2026-02-01T00:00:00+00:00"
    assert since_of(parse_filter("orders"), NOW) is None


def test_the_latest_until_is_what_the_ledger_is_asked_for() -> None:
    found = until_of(parse_filter("until:2026-02,2025"), NOW)
    assert found is not None
    assert found.isoformat() == "2026-03-01T00:00:00+00:00"
    assert until_of(parse_filter("orders"), NOW) is None


def test_the_ledger_is_asked_for_all_that_an_alternative_without_a_meaning_lets_through() -> None:
    for name, of in (("since", since_of), ("until", until_of)):
        query = parse_filter(f"{name}:tomorrow,2020")
        assert of(query, NOW) is None
        assert fits(FAILED, query, LATER)


@given(st.text(), st.sampled_from(["", "since:", "until:", "status:", "stage:"]))
def test_whatever_is_typed_is_an_answer_and_not_an_error(text: str, name: str) -> None:
    first = fold([planned()])
    assert first is not None
    assert fits(first, parse_filter(name + text), NOW) in {True, False}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("stage:pro who:ana since:2026-03 status:rolled-back", ""),
        ("state:live kind:hot until:2d since:2026-0", ""),
        (
            "colour:red",
            "there is no field colour; the fields are service, stage, who, status, state, kind, release, since, until",
        ),
        ("stage:qa", "stage has no qa; it has dev, prod"),
        ("kind:cold", "kind has no cold; it has normal, hotfix, rollback, foreign, adopted, removal, recovery"),
        ("since:yesterday", "since: yesterday is not a time; use 2026-03, 2026-03-09 or 2d"),
    ],
)
def test_a_filter_of_runs_that_can_fit_nothing_says_why(text: str, why: str) -> None:
    assert describe_misfit(text, ("dev", "prod")) == why


def test_every_status_can_be_asked_for_in_the_words_of_screens_and_of_json() -> None:
    words = [status.value for status in RunStatus]
    assert not any(describe_misfit(f"status:{word} state:{word.replace('_', '-')}", ()) for word in words)
