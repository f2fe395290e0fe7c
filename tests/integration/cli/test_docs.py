"""docs/commands.md tells of every command and option, and of nothing else; what happens when is held by tests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from promote_tui.cli.global_options import GLOBALS
from promote_tui.cli.main import main
from promote_tui.cli.text.style import Style
from promote_tui.core.cell_state import CellState
from promote_tui.core.state_display import DISPLAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SITUATIONS = (ROOT / "docs" / "what-happens-when.md").read_text(encoding="utf-8")


PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_of_a_page_exists(page: Path) -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert [each for each in pictures if "://" not in each and not (page.parent / each).is_file()] == []


def _sections() -> dict[str, str]:
    """Return the text of each section by its heading's command."""
    parts = re.split(r"^## `([^`]+)`$", DOCS, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield before + name, command


def test_every_command_has_its_section_and_every_section_its_command() -> None:
    assert set(_sections()) == {name for name, _ in _commands(main)}


def test_every_option_of_a_command_is_in_its_section() -> None:
    sections = _sections()
    for name, command in _commands(main):
        options = [option for param in command.params if isinstance(param, click.Option) for option in param.opts]
        assert [option for option in options if f"`{option}" not in sections[name]] == []


def test_no_section_tells_of_an_option_that_is_not_there() -> None:
    for name, command in _commands(main):
        known = {option for param in command.params for option in param.opts}
        known |= {option.name for option in GLOBALS}
        told = set(re.findall(r"`(--?[a-zA-Z-]+)", _sections()[name]))
        assert told <= known, name


def test_every_global_option_is_told() -> None:
    assert [option.name for option in GLOBALS if f"`{option.name}" not in DOCS] == []


def test_every_row_of_what_happens_when_names_tests_that_stand() -> None:
    rows = re.findall(r"^\|(?! situation )(?!---)(.+)\|$", SITUATIONS, flags=re.MULTILINE)
    for row in rows:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)]
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", cells[-1])
        assert len(cells) == 4, row
        assert named, row
        assert [one for one in named if not _stands(*one)] == []


def _stands(file: str, test: str) -> bool:
    path = ROOT / file
    return path.is_file() and bool(re.search(rf"^(async )?def {test}\(", path.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_what_developers_are_shown_the_way_to_is_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:[\w.]+/)*[\w.-]+(?:\.(?:py|md|toml|yml|json)|/))`", text)
    assert named
    assert [path for path in named if not any((top / path).exists() for top in (ROOT, ROOT / "promote_tui"))] == []


def test_the_names_beside_a_module_stand_in_it() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    beside = re.findall(r"`([\w/]+\.py)` \(`([\w.]+)`", text)
    assert len(beside) >= 5
    assert [(path, name) for path, name in beside if not _defines(ROOT / "promote_tui" / path, name)] == []


def _defines(module: Path, dotted: str) -> bool:
    """Tell whether a module assigns, or defines as a function or a class, each part of a name."""
    source = module.read_text(encoding="utf-8")
    return all(re.search(rf"^\s*(?:def |class )?{part}\b *[(:=]", source, re.MULTILINE) for part in dotted.split("."))


def test_the_signs_of_the_matrix_are_those_of_the_table() -> None:
    rows = re.findall(r"^\| `(.)` \| ([a-z, -]+) \|", DOCS, re.MULTILINE)
    signs = {state: sign for sign, names in rows for state in names.split(", ")}
    style = Style()
    assert signs == {
        state.value: style.sign(DISPLAYS[state].sign) for state in CellState if state is not CellState.LOADING
    }
