"""What is imported late: no type checker follows a name in a string, so that each is followed here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from promote_tui import tui
from promote_tui.tui.lazy import Lazy


def _paths() -> set[str]:
    """Return what each `Lazy(...)` of the terminal UI names; what the registry puts together its own test follows."""
    texts = (path.read_text(encoding="utf-8") for path in Path(tui.__path__[0]).rglob("*.py"))
    trees = (ast.parse(text) for text in texts if "Lazy" in text)
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    named = (call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Lazy")
    return {word.value for word in named if isinstance(word, ast.Constant) and isinstance(word.value, str)}


@pytest.mark.parametrize("path", sorted(_paths()))
def test_what_is_imported_late_is_there(path: str) -> None:
    found: Lazy[object] = Lazy(path)
    assert found.load() is not None


def test_there_is_something_to_follow() -> None:
    assert len(_paths()) > 5
