"""Tests wait for facts: no test sleeps and hopes that something has happened meanwhile."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests").rglob("*.py"))
SLEEPERS = {
    "tests/support/waiting.py": "the one loop that looks again until something is true",
    "tests/support/stand_in_cli.py": "asks CloudFormation again and again, as the real CLI does",
    "tests/support/faults.py": "an answer that comes late on purpose",
    "tests/support/lock_torture.py": "chance strikes at chance moments; what it finds holds at any of them",
    "tests/unit/engine/test_doctor.py": "a tool that works until it is stopped",
}
"""Where a test may sleep, and why no fact hangs on how long."""
MODULES = {"time", "asyncio"}


def sleeps(tree: ast.AST) -> Iterator[str]:
    """Yield what waits for a moment: a sleep, or a pilot's pause of some seconds."""
    names = {
        each.asname or each.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        for each in node.names
        if each.name == "sleep"
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr="sleep")) if module in MODULES:
                yield ast.unparse(node)
            case ast.Call(func=ast.Name(id=name)) if name in names:
                yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr="pause"), args=[_, *_]):
                yield ast.unparse(node)


@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(1)",
        "import asyncio\nasync def f(): await asyncio.sleep(0.1)",
        "from time import sleep; sleep(1)",
        "from asyncio import sleep as rest\nasync def f(): await rest(1)",
        "async def f(pilot): await pilot.pause(0.2)",
    ],
)
def test_a_sleep_is_found(code: str) -> None:
    assert [*sleeps(ast.parse(code))]


@pytest.mark.parametrize(
    "code",
    ["world.clock.sleep(3600)", "async def f(pilot): await pilot.pause()", "argv = ['sh', '-c', 'sleep 60']"],
)
def test_a_clock_that_is_set_is_no_sleep(code: str) -> None:
    assert [*sleeps(ast.parse(code))] == []


def test_no_test_sleeps_but_where_no_fact_hangs_on_it() -> None:
    found = {str(path.relative_to(ROOT)) for path in FILES if [*sleeps(ast.parse(path.read_text("utf-8")))]}
    assert found == SLEEPERS.keys()
