"""What is typed into a filter."""

from __future__ import annotations

import pytest

from promote_tui.core.query import Query, parse

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
