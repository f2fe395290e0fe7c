"""Rules of the house that no linter knows: nothing of others is patched, core values are structs, one home for each."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
OURS = "promote_tui"
FILES = sorted(path for path in (ROOT / OURS).rglob("*.py") if "node_modules" not in path.parts)
CORE = [path for path in FILES if path.is_relative_to(ROOT / OURS / "core")]
FOR_ALL = {"modules", "setswitchinterval", "setrecursionlimit"}
"""What of `sys` holds for everybody's code in the process."""
DEPLOYER = re.compile(r"serverless(?!_stage\b)", re.IGNORECASE)
"""The name of the one deployer; `serverless_stage` is a key of the configuration."""
ITS_PLACES = {
    "adapters/serverless": "the adapter",
    "bootstrap.py": "chooses the adapter",
    "record.py": "chooses the adapter, of which it needs the facts alone",
    "config": "a configuration is written for it: the default command, and examples in descriptions",
    "demo": "services that it deploys",
}
NO_VALUES = {
    "ApprovedPlan": "only approve() makes one, by a seal that it does not keep",
    "StageTemplate": "keeps what it has compiled",
    "Submission": "holds secrets that its text leaves out",
    "_Reader": "changes while it reads",
}

HOMES = {
    "fcntl": {"adapters/files/locks.py"},
    "O_EXCL": {"private_files.py", "adapters/process/log.py"},
}
"""What is used in its home only; a log is read as well as made, through one descriptor."""


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def foreign(tree: ast.AST) -> set[str]:
    """Return the names that a file gives to what others have written."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {(each.asname or each.name).partition(".")[0] for each in node.names}
        if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(OURS):
            names |= {each.asname or each.name for each in node.names}
    return names


def patches(tree: ast.AST) -> Iterator[str]:
    """Yield what of others a file changes, or may be about to."""
    names = foreign(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name in names:
                yield ast.unparse(node)
            case ast.Call(func=ast.Name(id="setattr" | "delattr" | "vars"), args=[ast.Name(id=name), *_]) if (
                name in names
            ):
                yield ast.unparse(node)
            case ast.Attribute(value=ast.Name(id="sys"), attr=attribute) if attribute in FOR_ALL:
                yield ast.unparse(node)
            case ast.ImportFrom(module="sys", names=given) if FOR_ALL & {each.name for each in given}:
                yield ast.unparse(node)


def is_dataclass(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).partition("(")[0].rpartition(".")[2] == "dataclass"


@pytest.mark.parametrize(
    "code",
    [
        "import dataclasses; dataclasses.exec = print",
        "import re as patterns; del patterns.compile",
        "import textual.app; setattr(textual, 'x', 1)",
        "from textual.drivers.linux_driver import LinuxDriver; LinuxDriver.write = print",
        "import dataclasses; vars(dataclasses).pop('exec')",
        "import sys; sys.modules['ssl'] = None",
        "import sys; sys.setswitchinterval(0.1)",
        "from sys import modules",
    ],
)
def test_a_patch_is_found(code: str) -> None:
    assert [*patches(ast.parse(code))]


def test_nothing_of_others_is_patched() -> None:
    found = {str(path.relative_to(ROOT)): [*patches(parsed(path))] for path in FILES}
    assert {path: changed for path, changed in found.items() if changed} == {}


def test_the_values_of_the_core_are_structs() -> None:
    classes = [node for path in CORE for node in ast.walk(parsed(path)) if isinstance(node, ast.ClassDef)]
    made = {node.name for node in classes if any(is_dataclass(each) for each in node.decorator_list)}
    assert made == NO_VALUES.keys()


@pytest.mark.parametrize("name", HOMES)
def test_what_has_a_home_is_used_nowhere_else(name: str) -> None:
    assert {str(path.relative_to(ROOT / OURS)) for path in FILES if name in path.read_text(encoding="utf-8")} == HOMES[
        name
    ]


@pytest.mark.parametrize(
    ("text", "is_named"),
    [("the Serverless CLI", True), ("serverless.yml", True), ("serverless_stages", True), ("serverless_stage", False)],
)
def test_the_name_of_the_deployer_is_found(text: str, *, is_named: bool) -> None:
    assert bool(DEPLOYER.search(text)) is is_named


def test_the_deployer_is_named_in_its_places_alone() -> None:
    named = [path.relative_to(ROOT / OURS) for path in FILES if DEPLOYER.search(path.read_text(encoding="utf-8"))]
    assert [str(path) for path in named if not any(path.is_relative_to(place) for place in ITS_PLACES)] == []
    assert [place for place in ITS_PLACES if not any(path.is_relative_to(place) for path in named)] == []
