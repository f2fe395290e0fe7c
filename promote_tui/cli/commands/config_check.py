"""`config validate` and `config show`: the configuration with where its rules are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.config_file import config_path, load_config
from promote_tui.cli.text.policy import policy_lines
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.config import Configuration, ShowHuman, ShowJson, ValidateHuman, ValidateJson
from promote_tui.config.compose.manual_lists import describe_unlisted
from promote_tui.config.loader import describe
from promote_tui.core.errors import ConfigError
from promote_tui.core.text import clean
from promote_tui.policy import with_policy

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.config import ShowView, ValidateView
    from promote_tui.core.model.pipeline import Pipeline


@click.command(cls=Leaf)
@with_view(ValidateHuman, ValidateJson)
@with_context
def validate(context: CliContext, *, view: ValidateView) -> int:
    """Check the configuration file, and name every problem with its line."""
    try:
        found = _with_policy(context)
    except ConfigError as error:
        view.invalid(error)
        return error.exit_code
    notes = (*found.notes, *describe_unlisted(found), *policy_lines(found.policy))
    view.valid(found.path, [clean(note) for note in notes])
    return 0


@click.command(cls=Leaf)
@with_view(ShowHuman, ShowJson)
@with_context
def show(context: CliContext, *, view: ShowView) -> int:
    """Print the configuration that is in force, with defaults filled in."""
    view.configuration(Configuration(_with_policy(context), describe(config_path(context.options))))
    return 0


def _with_policy(context: CliContext) -> Pipeline:
    """Return the configuration with where its rules are read from."""
    return with_policy(load_config(context.options))[0].pipeline
