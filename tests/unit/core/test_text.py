"""What a terminal may be shown."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.text import MASK, clean, join_words, list_first, mask

ODD = 'p"ä\\ss'
"""What JSON writes otherwise."""


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Fix invoice rounding", "Fix invoice rounding"),
        ("\x1b[31mred\x1b[0m", "�[31mred�[0m"),
        ("\x1b]52;c;aGk=\x07", "�]52;c;aGk=�"),
        ("\x9b31m", "�31m"),
        ("abc\u202edcb", "abc�dcb"),
        ("a\u200bb\u2028c\u2029d\ufeff", "a�b�c�d�"),
        ("tab\there", "tab here"),
        ("one\r\ntwo\nthree", "one two three"),
        ("[/x] [WIP] [@click=app.quit]", "[/x] [WIP] [@click=app.quit]"),
        ("naïve 日本 🚀", "naïve 日本 🚀"),
        ("\ud800", "�"),
    ],
)
def test_what_a_terminal_could_act_on_is_replaced(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_newlines_stay_where_they_make_sense() -> None:
    assert clean("a\r\nb\rc\x1b", newlines=True) == "a\nb\nc�"


def test_length_is_capped() -> None:
    assert clean("x" * 1000, limit=10) == "x" * 9 + "…"


@given(st.text(), st.integers(1, 50))
def test_nothing_that_a_terminal_acts_on_is_left(raw: str, limit: int) -> None:
    shown = clean(raw, limit=limit, newlines=True)
    assert len(shown) <= limit
    assert all(char == "\n" or unicodedata.category(char)[0] != "C" for char in shown)
    assert not {"\u2028", "\u2029"} & set(shown)


@pytest.mark.parametrize(
    ("raw", "secrets", "shown"),
    [
        ("token=hunter22", ("hunter22",), f"token={MASK}"),
        ("hunter22 hunter2", ("hunter2", "hunter22"), f"{MASK} {MASK}"),
        ("AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE", (), f"{MASK} and {MASK}"),
        ("AKIA too short", (), "AKIA too short"),
        ("a b c", ("b",), "a b c"),
        ("first line", ("first line\nsecond line",), MASK),
        ("", ("",), ""),
        (json.dumps({"key": ODD}), (ODD,), f'{{"key": "{MASK}"}}'),
        (json.dumps({"key": ODD}, ensure_ascii=False), (ODD,), f'{{"key": "{MASK}"}}'),
        (json.dumps({"key": json.dumps([ODD])}), (ODD,), f'{{"key": "[\\"{MASK}\\"]"}}'),
        (json.dumps(f"{ODD}\nand more"), (f"{ODD}\nand more",), f'"{MASK}"'),
        (json.dumps({"key": ODD}), (f"{ODD}\nand more",), f'{{"key": "{MASK}"}}'),
    ],
)
def test_secrets_are_masked(raw: str, secrets: tuple[str, ...], shown: str) -> None:
    assert mask(raw, secrets) == shown


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_names_are_listed_up_to_three(names: list[str], words: str) -> None:
    assert join_words(names) == words


@pytest.mark.parametrize(
    ("names", "limit", "words"),
    [
        ((), 3, ""),
        (("a",), 3, "a"),
        (("a", "b", "c"), 3, "a, b, c"),
        (("a", "b", "c", "d"), 3, "a, b, c and 1 more"),
        (("a", "b", "c"), 1, "a and 2 more"),
    ],
)
def test_the_first_names_are_listed_and_the_rest_is_counted(names: tuple[str, ...], limit: int, words: str) -> None:
    assert list_first(names, limit) == words
