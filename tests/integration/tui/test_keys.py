"""The table of keys: complete, without find_clashes of its own, and in the docs."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import promote_tui.tui
from promote_tui.core.keymap import DEFAULTS, find_clashes, key_problem

TOP = Path(__file__).parents[3]


def bound() -> dict[str, Binding]:
    """Return every binding with an id that a class of the terminal UI declares."""
    found: dict[str, Binding] = {}
    for module in pkgutil.walk_packages(promote_tui.tui.__path__, "promote_tui.tui."):
        for item in vars(importlib.import_module(module.name)).values():
            if isinstance(item, type) and issubclass(item, DOMNode) and item.__module__.startswith("promote_tui"):
                found |= {it.id: it for it in item.__dict__.get("BINDINGS", ()) if isinstance(it, Binding) and it.id}
    return found


def test_every_action_of_the_table_has_a_binding_and_every_binding_stands_in_the_table() -> None:
    assert set(bound()) == set(DEFAULTS)


def test_every_binding_has_an_id_and_the_keys_of_the_table() -> None:
    assert {name: binding.key for name, binding in bound().items()} == dict(DEFAULTS)


def test_the_defaults_do_not_clash_with_each_other() -> None:
    assert [clash for clash in find_clashes(DEFAULTS) if not _covers(clash)] == []


def _covers(clash: tuple[str, str, str]) -> bool:
    """A screen's own key goes before the app's: in a promotion the digits are its steps. Escape clears, then leaves."""
    if {clash[0].split(".")[1], clash[2].split(".")[1]} <= {"back", "clear"}:
        return True
    return "app" in {clash[0].split(".")[0], clash[2].split(".")[0]}


def test_no_default_is_a_key_of_the_terminals_own() -> None:
    assert [keys for keys in DEFAULTS.values() if key_problem(keys)] == []


@pytest.mark.parametrize("keys", ["P", "f5", "ctrl+r", "ctrl+shift+up", "?", "/", "space", "a,b", "question_mark"])
def test_what_is_a_key(keys: str) -> None:
    assert key_problem(keys) == ""


@pytest.mark.parametrize("keys", ["", "nope", "f25", "ctrl+", "hyper+a", "a,,b", "ctrl+z", "p, ctrl+j", " "])
def test_what_is_none(keys: str) -> None:
    assert key_problem(keys)


def test_a_chosen_key_clashes_only_on_the_same_screen() -> None:
    assert list(find_clashes({"pipeline.sort": "p"})) == [("pipeline.sort", "p", "pipeline.promote")]
    assert list(find_clashes({"pipeline.sort": "f"})) == []
    assert list(find_clashes({"pipeline.sort": "?"})) == [("pipeline.sort", "?", "app.help")]
    assert list(find_clashes({"pipeline.promote": "s", "pipeline.sort": "p"})) == []


def test_the_docs_list_every_action_with_its_keys() -> None:
    text = (TOP / "docs" / "keys.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([a-z_.]+)` \| `(.+?)` \|", text, re.MULTILINE))
    assert listed == {name: keys.replace(",", " ") for name, keys in DEFAULTS.items()}
