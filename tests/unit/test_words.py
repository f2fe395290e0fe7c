"""What people read uses plain words, and one word for one thing: the product's texts and the documents."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[2]
DOCUMENTS = (
    *sorted((TOP / "docs").glob("*.md")),
    TOP / "README.md",
    TOP / "CONTRIBUTING.md",
    TOP / "config.example.yml",
)
SOURCES = sorted(path for path in (TOP / "promote_tui").rglob("*.py") if "demo" not in path.parts)

BETTER = {
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bfor ever\b": "permanently, or endlessly",
    r"\bat one key\b": "one key",
    r"\btypes first\b": "typed confirmation",
    r"\basks first\b": "asks to confirm",
    r"\b(goes|go) on without\b": "keeps running without",
    r"\b(is|are|none) going on\b": "running, or in progress",
    r"\bpass(es|ed|ing)? over\b": "overridden (a gate), or skipped (an entry)",
    r"\bgates? (is |are )?(open|closed|shut)\b|\b(open|closed) gates?\b": "pass, are blocked, or are overridden",
    r"\b(LOCKED|REFUSED)\b": "BLOCKED",
    r"\bunlocks\b": "becomes available",
    r"\b(takes|take|took|taken) [\w ]{0,30}\b(away|back)\b": "removes, withdraws, or reverts",
    r"\bgo(es)? back by itself\b": "rolls back automatically",
    r"\b(cannot|could not) be told\b|\b(is|are) not known\b": "unknown",
    r"\blast attempt failed\b": "last deploy failed",
    r"\bit is kept\b": "recorded",
    r"\bended well\b": "passed",
    r"\blook again\b": "refresh",
    r"\blooks? for drift\b": "detects drift",
    r"\bhanded on\b|\bhanding over\b": "passed on, or starting",
    r"\bfound out\b|\bnot told\b": "reconciled, or not notified",
}
"""Patterns of words that once stood on screens, each with the word that is used for it."""


def _docstrings(tree: ast.Module) -> set[int]:
    """Return the nodes whose text only developers read; the docstrings of commands are their help."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _literals(path: Path) -> Iterator[tuple[int, str]]:
    """Return the texts of a module with their lines; adjacent literals are one text, what is filled in is `{}`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unread, parts = set[int]() if "cli" in path.parts else _docstrings(tree), set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts |= {id(part) for part in node.values}
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)  # type: ignore[misc]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (unread | parts):
            yield node.lineno, node.value


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Return the lines of a document without what stands in code marks: names of tests and commands."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        yield number, re.sub(r"`[^`]*`", "", text)


def misused(texts: Iterator[tuple[int, str]]) -> list[str]:
    """Return each place with a word that has a better one, and which that is."""
    return [
        f"{number}: {found[0]!r} in {text[:80]!r}: write {better}"
        for number, text in texts
        for pattern, better in BETTER.items()
        if (found := re.search(pattern, text))
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_use_plain_words(path: Path) -> None:
    assert misused(_lines(path)) == []


def test_texts_of_the_product_use_plain_words() -> None:
    found = {str(path.relative_to(TOP)): wrong for path in SOURCES if (wrong := misused(_literals(path)))}
    assert found == {}


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("mend the cause", "fix"),
        ("3 gates closed", "blocked"),
        ("it runs for ever", "permanently"),
        ("what dev runs cannot be told", "unknown"),
        ("taken back", "reverts"),
    ],
)
def test_a_word_that_has_a_better_one_is_found(text: str, better: str) -> None:
    (line,) = misused(iter([(7, text)]))
    assert line.startswith("7: ")
    assert better in line
