"""Holds what a command prints as JSON to its published schema: every test that runs a command comes through here."""

from __future__ import annotations

import functools
import itertools
import json
from typing import TYPE_CHECKING

import click
from jsonschema import Draft202012Validator

from promote_tui.cli.global_options import GLOBALS
from promote_tui.cli.main import main
from promote_tui.cli.outputs.schemas import JsonOutput, find_json_output, json_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

_WITH_VALUE = {option.name for option in GLOBALS if option.metavar}


def command_of(words: Sequence[str]) -> list[str]:
    """Return the names of the command that these words run."""
    found: list[str] = []
    command: click.Command = main
    left = [*words]
    while left and isinstance(command, click.Group):
        word = left.pop(0)
        if word in _WITH_VALUE:
            left = left[1:]
        elif word in command.commands:
            command = command.commands[word]
            found.append(word)
        elif not word.startswith("-"):
            break
    return found


def hold_to_schema(words: Sequence[str], out: str) -> None:
    """Fail where what the command wrote to stdout is JSON that its schema does not allow, or that has none."""
    command = command_of(words)
    published = find_json_output(command)
    if not out or not (wants_json(words) or (published and published.lines)):
        return
    assert published is not None, f"{command} has no schema"
    for text in out.splitlines() if published.lines else [out]:
        wrong = _validator(published).iter_errors(json.loads(text))
        assert [f"{each.json_path}: {each.message}" for each in wrong] == []


def wants_json(words: Sequence[str]) -> bool:
    """Tell whether the words ask for JSON."""
    return "--json" in words or "--format=json" in words or ("--format", "json") in itertools.pairwise(words)


@functools.cache
def _validator(published: JsonOutput) -> Draft202012Validator:
    return Draft202012Validator(json_schema(published))
