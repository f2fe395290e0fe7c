"""Ticket ids in messages, and the patterns that are refused."""

from __future__ import annotations

import time

import pytest

from promote_tui.core.model.ticket_pattern import pattern_problem
from promote_tui.core.model.tickets import Ticket, Tickets


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"[A-Z]+-\d+", "Fix SHOP-12, and (SHOP-7); see SHOP-12", ["SHOP-12", "SHOP-7"]),
        (r"#\d+", "Fix #12 and acme/shop#13", ["#12", "#13"]),
        (r"(?:SHOP|OPS)-\d{1,5}", "ops-1 OPS-1", ["OPS-1"]),
        (r"[A-Z]+-\d+", "nothing", []),
        (r"x", "", []),
    ],
)
def test_the_tickets_that_a_text_names_are_found_once_each(pattern: str, text: str, found: list[str]) -> None:
    assert [ticket.id for ticket in Tickets(pattern).find_in(text)] == found


def test_a_ticket_has_the_page_that_the_configuration_gives() -> None:
    tickets = Tickets(r"[#A-Z]+\d+", "https://x/browse/{id}?of={id}")
    assert tickets.find_in("#1") == (Ticket("#1", "https://x/browse/%231?of=%231"),)


@pytest.mark.parametrize(
    "pattern",
    [r"[A-Z]+-\d+", r"#\d+", r"(?:SHOP|OPS)-\d{1,5}", r"(?i)shop-\d+", r"[(+*]\d+", r"\(\+\d+\)", r"A{3}-\d+"],
)
def test_usual_patterns_are_taken(pattern: str) -> None:
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[A-Z", "is not a regular expression"),
        ("(a", "is not a regular expression"),
        (r"a{99999999999}", "is not a regular expression"),
        ("x*", "matches the empty text"),
        ("(a+)+b", "repeats a group that repeats"),
        ("(a|a)+b", "repeats a group that repeats"),
        ("((a|b)c)*d", "repeats a group that repeats"),
        ("(?:a{1,9}){1,9}b", "repeats a group that repeats"),
        (r"(a)\1", "refers back"),
        (r"(?P<x>a)(?P=x)", "refers back"),
        (r"\w+\w+\w+\w+-", "repeats in more than 3 places"),
        ("SHOP 1", "holds a space"),
        (r"SHOP\s1", "holds a space"),
        ("a" * 201, "is longer than 200 characters"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern: str, why: str) -> None:
    assert why in pattern_problem(pattern)


def test_the_slowest_pattern_that_is_taken_comes_to_an_end_on_the_worst_text() -> None:
    pattern = r"\w+\w+\w+!"
    assert pattern_problem(pattern) == ""
    begun = time.process_time()
    assert Tickets(pattern).find_in("a" * 4_000) == ()
    assert time.process_time() - begun < 30
