"""`notes`: release notes as Markdown, HTML or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context
from promote_tui.cli.views.base import with_format
from promote_tui.cli.views.notes import NotesHtml, NotesJson, NotesMarkdown

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.notes import NotesView

_FORMATS = {"md": NotesMarkdown, "html": NotesHtml, "json": NotesJson}


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, required=True, metavar="SERVICE...")
@click.option("--from", "source", required=True, metavar="END", help="The newer end: a stage, a branch or a commit.")
@click.option(
    "--to", "target", required=True, metavar="END", help="The end to compare with: a stage, a branch or a commit."
)
@with_format(_FORMATS, "Default: md.")
@with_context
def notes(context: CliContext, services: tuple[str, ...], *, source: str, target: str, view: NotesView) -> int:
    """Write release notes: the commits that one end has and the other lacks."""
    view.notes(context.engine.commits.release_notes(services, source, target))
    return 0
