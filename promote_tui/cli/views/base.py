"""What the views have in common, and the options that choose one: a command never asks which it was given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

import click
import msgspec

from promote_tui.cli.context import CliContext
from promote_tui.cli.outputs.base import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.cli.click_types import Parameter
    from promote_tui.cli.outputs.base import Output

_JSON = "promote_tui.json"
_MARKDOWN = "promote_tui.markdown"


class View:
    """Shows a command's result on its streams."""

    def __init__(self, context: CliContext) -> None:
        self.context = context


class JsonView(View):
    """Writes a command's result as JSON, in ASCII: no terminal can be made to act on it."""

    def write(self, output: Output) -> None:
        """Write a document to stdout."""
        self.context.out.line(json.dumps({"schema": VERSION, **msgspec.to_builtins(output)}, indent=2))


ViewClass: TypeAlias = type[View]


def with_view(human: ViewClass, scripts: ViewClass, words: str = "Print JSON.") -> Parameter:
    """Let a command take `--json`, and hand it the view that was asked for."""
    return click.option(
        "--json",
        "view",
        is_flag=True,
        help=words,
        callback=lambda context, _, wanted: _choose(context, human, scripts if wanted else None),
    )


def with_markdown(view: ViewClass, words: str) -> Parameter:
    """Let a command `with_view` take `--markdown` too, for this view."""
    return click.option(
        "--markdown",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        help=words,
        callback=lambda context, _, wanted: context.meta.__setitem__(_MARKDOWN, view if wanted else None),
    )


def _choose(context: click.Context, human: ViewClass, scripts: ViewClass | None) -> View:
    markdown: ViewClass | None = context.meta.get(_MARKDOWN)
    if scripts and markdown:
        raise click.UsageError("--json and --markdown exclude each other.")
    return (scripts or markdown or human)(context.ensure_object(CliContext))


def with_format(views: Mapping[str, ViewClass], words: str) -> Parameter:
    """Let a command take `--format`, the first one by default, and hand it that view."""

    def choose(context: click.Context, _option: click.Parameter, name: str) -> View:
        return views["json" if context.meta.get(_JSON) else name](context.ensure_object(CliContext))

    kinds = click.Choice([*views])
    return click.option("--format", "view", type=kinds, default=next(iter(views)), help=words, callback=choose)


json_as_format = click.option(
    "--json",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    help="Print JSON.",
    callback=lambda context, _, wanted: context.meta.__setitem__(_JSON, wanted),
)
"""Lets a command with `--format` take `--json` for `--format json`."""
