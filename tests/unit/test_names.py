"""What names say: no bare participle for a module or a function, and one class name for one thing."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

import pytest

from promote_tui.core.gates.registry import GATES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2] / "promote_tui"
GATE_NAMES = {gate.name for gate in GATES}
ALLOWED = {
    "core/runs/notices.py: started",  # the notice of that, named as its occasion is
    "core/runs/notices.py: finished",
    "engine/api/runs.py: unfinished",  # of runs: `engine.runs.unfinished()`
}
MIRRORED = {"Lock", "Owner"}
"""What both ledgers have, each in its own form: neither knows the other."""


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node.body)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def _is_fact(function: ast.FunctionDef) -> bool:
    """Tell whether it says yes or no, or is read like a field: `run.submitted`, `review.replaced`."""
    returns = function.returns is not None and ast.unparse(function.returns)
    return returns == "bool" or any(ast.unparse(each) == "property" for each in function.decorator_list)


def participles(source: str) -> set[str]:
    """The functions of a module that are called by a participle alone."""
    functions = _functions(ast.parse(source).body)
    return {each.name for each in functions if re.fullmatch(r"[a-z]+ed", each.name) and not _is_fact(each)}


@pytest.mark.parametrize("package", ["cli", "config", "core", "demo", "engine", "startup", "tui"])
def test_no_public_function_is_a_bare_participle(package: str) -> None:
    files = sorted((ROOT / package).rglob("*.py"))
    found = {f"{file.relative_to(ROOT).as_posix()}: {name}" for file in files for name in participles(file.read_text())}
    assert files
    assert found == {name for name in ALLOWED if name.startswith(f"{package}/")}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def shipped() -> str: ...", {"shipped"}),
        ("class A:\n    def moved(self) -> str: ...", {"moved"}),
        ("def moved() -> bool: ...", set()),
        ("class A:\n    @property\n    def moved(self) -> str: ...", set()),
        ("def _moved() -> str: ...\ndef find_moved() -> str: ...", set()),
    ],
)
def test_a_participle_is_told_from_a_fact(source: str, found: set[str]) -> None:
    assert participles(source) == found


@pytest.mark.parametrize("package", ["adapters", "config", "core", "engine", "ports"])
def test_no_module_is_called_by_a_bare_participle(package: str) -> None:
    stems = {file.stem for file in (ROOT / package).rglob("*.py")}
    assert {stem for stem in stems if re.fullmatch(r"[a-z]+ed", stem)} == set()


def public_names(source: str) -> set[str]:
    """Return the public classes and type aliases of a module."""
    body = ast.parse(source).body
    classes = {node.name for node in body if isinstance(node, ast.ClassDef)}
    aliases = {ast.unparse(node.target) for node in body if _is_alias(node)}
    return {name for name in classes | aliases if not name.startswith("_") and len(name) > 1}


def _is_alias(node: ast.stmt) -> TypeGuard[ast.AnnAssign]:
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"


def test_one_class_name_names_one_thing() -> None:
    """The schema of the configuration file is left out: it has each configured thing as it is written there."""
    packages = [ROOT / package for package in ("adapters", "config", "core", "engine", "ports", "tui")]
    files = [file for package in packages for file in package.rglob("*.py") if file.parent.name != "schema"]
    counted = Counter(name for file in files for name in public_names(file.read_text()))
    assert {name for name, count in counted.items() if count > 1} == MIRRORED


def test_classes_and_aliases_are_found() -> None:
    source = "class A1: ...\nB1: TypeAlias = int\nC1: int = 3\nclass _D1: ...\nT: TypeAlias = int\n"
    assert public_names(source) == {"A1", "B1"}


_NAMED = re.compile(r"`((?:core|config|engine|adapters|ports|cli|tui)(?:\.[a-z_]+)+)`")
"""A module, or a function of one, as a docstring or a comment names it."""


def _stands(name: str) -> bool:
    """Tell whether there is such a module, or a module with something of that name."""
    path = ROOT.joinpath(*name.split("."))
    holder = path.parent.with_suffix(".py")
    if path.with_suffix(".py").exists() or path.is_dir():
        return True
    return holder.exists() and bool(re.search(rf"^(def|class) {path.name}\b", holder.read_text(), re.MULTILINE))


def missing_modules(text: str) -> set[str]:
    """Return the modules that a text names and that are not there."""
    return {name for name in _NAMED.findall(text) if not _stands(name)}


def test_every_module_that_a_docstring_names_is_there() -> None:
    missing = {str(path.relative_to(ROOT)): missing_modules(path.read_text()) for path in ROOT.rglob("*.py")}
    assert {path: names for path, names in missing.items() if names} == {}


def test_a_module_that_is_not_there_is_found() -> None:
    text = "see `core.people`, `core.identity` and `core.model.commit_names.lookup_keys`; `core.identity.nobody`"
    assert missing_modules(text) == {"core.people", "core.identity.nobody"}


def named_gates(source: str) -> set[str]:
    """Return the gates that a module compares a `name` with by a text of its own, not by the gate's class."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(
            isinstance(side, ast.Attribute) and side.attr == "name" for side in (node.left, *node.comparators)
        ):
            texts = (
                each.value
                for side in (node.left, *node.comparators)
                for each in ast.walk(side)
                if isinstance(each, ast.Constant)
            )
            found |= {text for text in texts if text in GATE_NAMES}
    return found


def test_the_name_of_a_gate_stands_in_its_class_alone() -> None:
    files = [path for path in ROOT.rglob("*.py") if "node_modules" not in path.parts]
    found = {path.relative_to(ROOT).as_posix(): named_gates(path.read_text()) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_gate_that_is_named_by_a_text_is_found() -> None:
    assert named_gates('a = gate.name == "soak" or gate.name in {"freeze", "x"}') == {"soak", "freeze"}
    assert named_gates('a = gate.name == Soak.name or word == "soak"') == set()
