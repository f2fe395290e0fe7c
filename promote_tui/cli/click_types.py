"""How commands are declared: each takes the global options too, before and after its name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from promote_tui import __version__
from promote_tui.cli.context import CliContext
from promote_tui.cli.global_options import GLOBALS, GlobalOption
from promote_tui.core.errors import UsageError
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Pipeline, Service

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
Parameter: TypeAlias = Callable[[Any], Any]
"""What `click.option` and `click.argument` return."""


def global_params(*, hidden: bool) -> list[click.Parameter]:
    """Return the global options."""
    return [_click_option(option, hidden=hidden) for option in GLOBALS]


def _click_option(option: GlobalOption, *, hidden: bool) -> click.Option:
    kind = click.Choice(option.choices) if option.choices else None
    return click.Option(
        [option.name, option.field],
        is_flag=not option.metavar,
        type=kind,
        metavar=option.metavar or None,
        help=option.help,
        hidden=hidden,
        expose_value=False,
        callback=_take,
        is_eager=True,
    )


def _take(context: click.Context, param: click.Parameter, value: object) -> None:
    if not value or context.resilient_parsing:
        return
    if param.name == "version":
        click.echo(f"promote-tui {__version__}")
        context.exit()
    found = context.find_object(CliContext)
    if found is not None:
        changed: dict[str, Any] = {str(param.name): value}
        found.options = replace(found.options, **changed)


class Leaf(click.Command):
    """A command; the global options are understood after its name too, and not listed again."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return its own parameters and the global ones."""
        return [*super().get_params(ctx), *global_params(hidden=True)]


class Branch(click.Group):
    """A command with commands below it."""

    command_class = Leaf

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return its own parameters and the global ones."""
        return [*super().get_params(ctx), *global_params(hidden=True)]


with_context = click.make_pass_decorator(CliContext)


def with_values(name: str, kind: type, *parameters: Parameter) -> Parameter:
    """Let a command take these parameters, and hand it those that are fields of a dataclass as one value."""
    taken = [field.name for field in fields(kind)]

    def declare(command: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(command)
        def handler(*args: object, **given: object) -> object:
            value = kind(**{field: given.pop(field) for field in taken if field in given})
            return command(*args, **given, **{name: value})

        return functools.reduce(lambda declared, parameter: parameter(declared), reversed(parameters), handler)

    return declare


def services_of(pipeline: Pipeline, names: Sequence[str]) -> tuple[Service, ...]:
    """Return these services, or all of them, in the configuration's order; raises UsageError."""
    known = {service.name: service for service in pipeline.services}
    for name in names:
        if name not in known:
            raise UsageError(f"service {name}", "there is no such service", f"one of: {', '.join(known)}")
    return tuple(service for service in known.values() if not names or service.name in names)
