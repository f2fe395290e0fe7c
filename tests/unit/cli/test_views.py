"""A command hands its value to a view, and every view of a command has the same interface."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

from promote_tui.cli import commands, views
from promote_tui.cli.views.base import View

_NAMES = [module.name for module in pkgutil.iter_modules(views.__path__) if module.name != "base"]
_COMMANDS = sorted(Path(commands.__path__[0]).glob("*.py"))


def _interface(kind: type) -> dict[str, inspect.Signature]:
    methods = inspect.getmembers(kind, inspect.isfunction)
    return {name: inspect.signature(method) for name, method in methods if not name.startswith("_")}


def _classes(module: str) -> dict[str, type]:
    found = importlib.import_module(f"{views.__name__}.{module}")
    return {
        name: kind for name, kind in inspect.getmembers(found, inspect.isclass) if kind.__module__ == found.__name__
    }


@pytest.mark.parametrize("module", _NAMES)
def test_every_view_of_a_command_has_its_whole_interface(module: str) -> None:
    classes = _classes(module)
    protocols = {name.removesuffix("View"): kind for name, kind in classes.items() if name.endswith("View")}
    assert protocols
    for prefix, protocol in protocols.items():
        longer = tuple(other for other in protocols if other != prefix and other.startswith(prefix))
        ours = [name for name in classes if name.startswith(prefix) and not (longer and name.startswith(longer))]
        kinds = [classes[name] for name in ours if issubclass(classes[name], View)]
        complete = [kind for kind in kinds if _interface(protocol).items() <= _interface(kind).items()]
        assert len(complete) >= 2, prefix
        assert {kind.__name__ for kind in kinds} - {kind.__name__ for kind in complete} <= {"NotesText"}


@pytest.mark.parametrize("path", _COMMANDS, ids=lambda path: path.stem)
def test_no_command_asks_which_view_it_was_given(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    conditions = [node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp)]
    assert [ast.unparse(each) for each in conditions if "json" in ast.unparse(each).lower()] == []
    assert [ast.unparse(each) for each in conditions if "view" in ast.unparse(each).lower()] == []
