"""Finding by a few letters."""

from __future__ import annotations

import pytest

from promote_tui.core.fuzzy import rank, score

NAMES = ["billing", "bill-reports", "rebilling", "catalog", "feature/pdf-invoices", "main"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", NAMES),
        ("bil", ["bill-reports", "billing", "rebilling"]),
        ("BIL", ["bill-reports", "billing", "rebilling"]),
        ("pdf", ["feature/pdf-invoices"]),
        ("fpi", ["feature/pdf-invoices"]),
        ("feat inv", ["feature/pdf-invoices"]),
        ("zzz", []),
        ("main bil", []),
    ],
)
def test_beginnings_of_words_come_first_and_every_word_has_to_fit(typed: str, found: list[str]) -> None:
    assert sorted(rank(typed, NAMES, str)) == sorted(found)
    assert rank(typed, NAMES, str)[: len(found)][-1:] == found[-1:]


def test_equal_matches_keep_their_order() -> None:
    assert rank("a", ["xa", "ya", "za"], str) == ["xa", "ya", "za"]


def test_a_whole_match_beats_a_spread_one() -> None:
    assert score("main", "main") > score("main", "mainline") > score("main", "m-a-i-n") > 0


def test_an_adversary_cannot_make_it_slow_for_each_text_is_looked_at_once() -> None:
    asked = 0

    class Counted(str):
        __slots__ = ()

        def find(self, *where: object) -> int:
            nonlocal asked
            asked += 1
            return str.find(self, *where)  # type: ignore[arg-type]

        def lower(self) -> str:
            return self

    assert score("a" * 40 + "b", Counted("a" * 5000)) == 0.0
    assert asked <= 42
