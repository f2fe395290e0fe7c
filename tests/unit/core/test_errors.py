"""Each error names its subject, its cause and its remedy, and what lacks a remedy prints no empty one."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from pathlib import Path

import pytest

import promote_tui
from promote_tui.core import errors
from promote_tui.core.errors import ConfigError, PromoteError
from promote_tui.core.text import advice

_PACKAGE = Path(promote_tui.__file__).parent
_CLASSES = [found for found in vars(errors).values() if isinstance(found, type) and issubclass(found, PromoteError)]

_NO_REMEDY = {
    ("demo/repositories/build.py", "run_git"): "git's own words say what to do",
    ("engine/drift_report.py", "go_on"): "the person has stopped it",
    ("engine/runs/control.py", "cancel"): "a run that has ended needs no stop",
    ("engine/runs/reconcile.py", "_free_again"): "its cause says that nothing is to be done",
    ("engine/runs/execute.py", "_unproved"): "the person has stopped it",
    ("tui/actions/decisions.py", "poll"): "the program is left, nobody reads it",
    ("tui/app.py", "the_engine"): "no screen asks before the engine is open",
    ("tui/state/stored_draft.py", "stale_error"): "the review names the key that plans again",
    ("tui/state/draft_maker.py", "step"): "nobody waits for the plan any more",
}
"""Where an error may lack a remedy, and why."""


@dataclass(frozen=True)
class Raised:
    """An error that the code makes: where, and its arguments as they are written."""

    file: str
    function: str
    line: int
    name: str
    words: tuple[ast.expr, ...]

    @property
    def remedy(self) -> bool:
        return len(self.words) > _REMEDY and not _empty(self.words[_REMEDY])

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.name}"


_REMEDY = 2


def _empty(word: ast.expr) -> bool:
    return isinstance(word, ast.Constant) and not word.value


@functools.cache
def _trees() -> list[tuple[str, ast.Module]]:
    paths = [path for path in sorted(_PACKAGE.rglob("*.py")) if "node_modules" not in path.parts]
    return [(path.relative_to(_PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def _names() -> dict[str, bool]:
    """Return every class of errors, with whether it is made from a subject, a cause and a remedy."""
    classes = [node for _, tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    names = {"PromoteError": True}
    for _ in classes:  # a class may be named before its base
        before = len(names)
        for node in classes:
            if any(isinstance(base, ast.Name) and base.id in names for base in node.bases):
                names.setdefault(node.name, node.name != "UnusableError")
        if len(names) == before:
            return names
    raise AssertionError


@functools.cache
def _raised() -> list[Raised]:
    names, found = _names(), []
    for file, tree in _trees():
        inside = {
            id(call): node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            for call in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and names.get(node.func.id):
                words = (*node.args, *(each.value for each in node.keywords))
                found.append(Raised(file, inside.get(id(node), ""), node.lineno, node.func.id, words))
    return found


def test_every_error_has_a_subject_and_a_cause() -> None:
    found = _raised()
    assert len(found) > 150
    assert [str(each) for each in found if len(each.words) < _REMEDY or any(map(_empty, each.words[:_REMEDY]))] == []


def test_every_error_has_a_remedy_or_a_reason_to_have_none() -> None:
    lacking = {(each.file, each.function): str(each) for each in _raised() if not each.remedy}
    assert lacking.keys() == _NO_REMEDY.keys(), sorted(lacking.values())


@pytest.mark.parametrize("kind", _CLASSES)
def test_an_error_without_a_remedy_ends_with_its_cause(kind: type[PromoteError]) -> None:
    cause = ("is wrong",) if kind is ConfigError else "is wrong"
    error = kind("the file", cause)  # type: ignore[arg-type]
    assert (str(error), error.advice) == ("the file: is wrong", "is wrong")


@pytest.mark.parametrize("kind", _CLASSES)
def test_an_error_says_subject_cause_and_remedy(kind: type[PromoteError]) -> None:
    cause = ("is wrong",) if kind is ConfigError else "is wrong"
    assert str(kind("the file", cause, "fix it")) == "the file: is wrong; fix it"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (("cause",), "cause"),
        (("cause", ""), "cause"),
        (("cause", "remedy"), "cause; remedy"),
        (("cause", "", "or so"), "cause; or so"),
        (("", "remedy"), "remedy"),
        (("", ""), ""),
    ],
)
def test_advice_holds_what_there_is(parts: tuple[str, ...], line: str) -> None:
    assert advice(*parts) == line
