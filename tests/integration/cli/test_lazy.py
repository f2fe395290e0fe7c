"""A list of commands, completion and a suggestion name every command, and import none."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from promote_tui.cli.lazy import LazyGroup
from promote_tui.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.cli.conftest import CommandLine

IMPORTED = """
import sys
from promote_tui.cli.main import main
try:
    main.main({words!r}, "promote-tui")
finally:
    loaded = [name for name in sys.modules if name.startswith("promote_tui.cli.commands.") or name in {heavy!r}]
    print(loaded, file=sys.stderr)
"""
HEAVY = ("boto3", "git", "pydantic", "textual", "yaml", "promote_tui.bootstrap", "promote_tui.engine.engine")


def _groups(group: LazyGroup) -> Iterator[LazyGroup]:
    yield group
    for command in group.commands.values():
        if isinstance(command, LazyGroup):
            yield from _groups(command)


GROUPS = [*_groups(main)]


def test_these_are_groups() -> None:
    assert {group.name for group in GROUPS} == {"main", "release", "runs", "ledger", "config", "iam", "preview"}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_a_list_says_of_a_command_what_the_command_says(group: LazyGroup) -> None:
    for name, command in group.commands.items():
        assert command.name == name
        for limit in (45, 70, 1_000):
            assert group.commands.outline(name).get_short_help_str(limit) == command.get_short_help_str(limit)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_completion_names_every_command_with_its_help(group: LazyGroup) -> None:
    context = click.Context(group)
    assert {item.value for item in group.shell_complete(context, "")} == {*group.commands}
    name = next(iter(group.commands))
    (found,) = [item for item in group.shell_complete(context, name) if item.value == name]
    assert found.help == group.commands[name].get_short_help_str()
    assert "--help" in {item.value for item in group.shell_complete(context, "--h")}


@pytest.mark.parametrize(
    ("words", "own"),
    [(["-h"], []), (["config", "-h"], ["config"]), (["ledger", "--help"], ["ledger"])],
)
def test_help_imports_nothing_but_the_group_itself(words: list[str], own: list[str]) -> None:
    script = IMPORTED.format(words=words, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300)
    assert "Commands:" in done.stdout
    assert done.stderr.strip() == str([f"promote_tui.cli.commands.{name}" for name in own])


def test_a_command_that_is_none_is_answered_with_the_nearest() -> None:
    with pytest.raises(click.UsageError) as caught:
        main.main(["promte"], "promote-tui", standalone_mode=False)
    assert "'promote'" in caught.value.format_message()


@pytest.mark.parametrize("group", ["config", "iam", "ledger"])
def test_a_group_without_a_command_shows_its_help(cli: CommandLine, group: str) -> None:
    answer = cli(group)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"Usage: promote-tui {group}")
    assert "\nCommands:\n" in answer.err
