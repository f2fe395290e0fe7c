"""How commands are declared: each takes the global options too, before and after its name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from promote_tui import __version__
from promote_tui.cli.context import Session
from promote_tui.cli.global_options import GLOBALS, GlobalOption
from promote_tui.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Service
    from promote_tui.engine.engine import Engine

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


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


def _take(context: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's value
    if not value or context.resilient_parsing:
        return
    if param.name == "version":
        click.echo(f"promote-tui {__version__}")
        context.exit()
    session = context.find_object(Session)
    if session is not None:
        session.settings = replace(session.settings, **{str(param.name): value})


class Leaf(click.Command):
    """A command; the global options are understood after its name too, and not listed again."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return its own parameters and the global ones."""
        return [*super().get_params(ctx), *(_click_option(option, hidden=True) for option in GLOBALS)]


class Branch(click.Group):
    """A command with commands below it."""

    command_class = Leaf

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return its own parameters and the global ones."""
        return [*super().get_params(ctx), *(_click_option(option, hidden=True) for option in GLOBALS)]


class Root(Branch):
    """promote-tui itself; lists the global options."""

    group_class = Branch

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the global parameters."""
        return [*(_click_option(option, hidden=False) for option in GLOBALS), *click.Group.get_params(self, ctx)]


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
with_session = click.make_pass_decorator(Session)


def services_of(engine: Engine, names: Sequence[str]) -> tuple[Service, ...]:
    """Return these services, or all of them, in the configuration's order; raises UsageError."""
    known = {service.name: service for service in engine.pipeline.services}
    for name in names:
        if name not in known:
            raise UsageError(f"service {name}", "there is no such service", f"one of: {', '.join(known)}")
    return tuple(service for service in known.values() if not names or service.name in names)
