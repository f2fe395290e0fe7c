"""What is typed into a filter."""

from __future__ import annotations

import pytest

from promote_tui.core.filter_query import Query, Values, describe_misread, parse

KNOWN = ("stage", "who", "since")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", Query()),
        ("  Orders  ", Query(("orders",))),
        ("stage:prod who:Ana", Query((), {"stage": ("prod",), "who": ("ana",)})),
        ("stage:prod,dev", Query((), {"stage": ("prod", "dev")})),
        ("stage:prod stage:dev", Query((), {"stage": ("prod", "dev")})),
        ("stage:", Query()),
        ("stage:,", Query()),
        ("colour:red", Query(("colour:red",))),
        ("since:2026-03 fix", Query(("fix",), {"since": ("2026-03",)})),
        (":", Query((":",))),
        ("who:a:b", Query((), {"who": ("a:b",)})),
    ],
)
def test_words_and_fields_are_told_apart(text: str, query: Query) -> None:
    assert parse(text, KNOWN) == query


def test_a_query_without_parts_asks_for_nothing() -> None:
    assert not parse(" stage: ", KNOWN)
    assert parse("a", KNOWN)


FIELDS = {
    "service": Values(),
    "state": Values(("failed", "behind"), ("update_complete",), "a stack's status"),
    "who": Values(),
}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("orders a81be07", ""),
        ("service:anything who:ana", ""),
        ("foo:bar", "there is no field foo; the fields are service, state, who"),
        ("orders FOO:", "there is no field foo; the fields are service, state, who"),
        ("state:", ""),
        ("state:f", ""),
        ("state:failed,behind", ""),
        ("state:UPDATE_C", ""),
        ("state:foo", "state has no foo; it has failed, behind, a stack's status"),
        ("state:failed,foo", "state has no foo; it has failed, behind, a stack's status"),
        (":", ""),
        (":foo", ""),
        ("mine", "mine is not a filter; who:NAME filters by person"),
    ],
)
def test_a_filter_that_can_fit_nothing_says_why(text: str, why: str) -> None:
    assert describe_misread(text, FIELDS) == why


def test_who_is_only_named_where_it_can_be_asked_for() -> None:
    assert not describe_misread("mine", {"service": Values()})
