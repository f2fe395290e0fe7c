"""What the commands of releases take: a release's name with its completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from promote_tui.cli.context import CliContext
from promote_tui.core.errors import PromoteError

if TYPE_CHECKING:
    from promote_tui.cli.click_types import Parameter

_COMPLETED = 200


class ReleaseName(click.types.StringParamType):
    """The name of a release; a shell completes it."""

    name = "release"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the releases whose names begin so, the last planned first; none where they cannot be read."""
        del param
        try:
            found = ctx.ensure_object(CliContext).engine.releases.newest(_COMPLETED)
        except PromoteError:
            return []
        fitting = [release for release in found if release.name.startswith(incomplete)]
        return [CompletionItem(each.name, help=f"{each.status.value}, into {each.stage}") for each in fitting]


release_name: Parameter = click.argument("name", type=ReleaseName())
