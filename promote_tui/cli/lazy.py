"""Commands whose module is imported when they are asked for: a list of commands and completion import none."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from promote_tui.cli.click_types import Branch, global_params

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """Where a command stands (`module:attribute`, below cli/commands), and what a list of commands says of it."""

    place: str
    help: str

    def load(self) -> click.Command:
        """Import its module and return it."""
        module, _, name = self.place.partition(":")
        found: click.Command = getattr(import_module(f"promote_tui.cli.commands.{module}"), name)
        return found


class LazyCommands(MutableMapping[str, click.Command]):
    """Commands by name, each loaded when it is asked for; others may be added as they are."""

    def __init__(self, lazy: Mapping[str, LazyCommand]) -> None:
        self._lazy = dict(lazy)
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            self._loaded[name] = self._lazy[name].load()
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._lazy[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._lazy, **self._loaded})

    def __len__(self) -> int:
        return len({**self._lazy, **self._loaded})

    def outline(self, name: str) -> click.Command:
        """Return what a list of commands needs of one: its name and its help, without its module."""
        return click.Command(name, help=self._lazy[name].help) if name in self._lazy else self._loaded[name]


class LazyGroup(Branch):
    """A group that lists its commands without importing them."""

    commands: LazyCommands

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by their outlines."""
        outlines = {name: self.commands.outline(name) for name in self.commands}
        click.Group(self.name, outlines).format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name, or an option of the group."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        commands = [CompletionItem(name, help=self.commands.outline(name).get_short_help_str()) for name in names]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]


class Root(LazyGroup):
    """promote-tui itself; lists the global options."""

    group_class = Branch

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the global parameters."""
        return [*global_params(hidden=False), *click.Group.get_params(self, ctx)]
