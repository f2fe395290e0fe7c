"""`notes`: release notes as Markdown, HTML or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.views.base import with_format
from promote_tui.cli.views.notes import NotesHtml, NotesJson, NotesMarkdown
from promote_tui.core.errors import UsageError

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.notes import NotesView
    from promote_tui.core.release_notes.model import Notes
    from promote_tui.engine.engine import Engine

_FORMATS = {"md": NotesMarkdown, "html": NotesHtml, "json": NotesJson}


@dataclass(frozen=True, slots=True)
class Range:
    """What notes are about, as it was typed: two ends, or a release."""

    source: str | None
    target: str | None
    release: str | None


@click.command(cls=Leaf)
@click.argument("services", nargs=-1, metavar="SERVICE...")
@with_values(
    "asked",
    Range,
    click.option("--from", "source", metavar="END", help="The newer end: a stage, a branch or a commit."),
    click.option("--to", "target", metavar="END", help="The end to compare with: a stage, a branch or a commit."),
    click.option("--release", metavar="NAME", help="What a release brings, wave by wave, instead of two ends."),
)
@with_format(_FORMATS, "Default: md.")
@with_context
def notes(context: CliContext, services: tuple[str, ...], *, asked: Range, view: NotesView) -> int:
    """Write release notes: the commits that one end has and the other lacks."""
    if asked.release is not None:
        view.notes(_of_release(context.engine, asked, services))
        return 0
    for name, given in (("argument 'SERVICE...'", services), ("option '--from'", asked.source)):
        if not given:
            raise click.UsageError(f"Missing {name}.")
    if asked.target is None:
        raise click.UsageError("Missing option '--to'.")
    view.notes(context.engine.commits.release_notes(services, asked.source or "", asked.target))
    return 0


def _of_release(engine: Engine, asked: Range, services: tuple[str, ...]) -> Notes:
    if asked.source or asked.target:
        raise UsageError("--release", "a release has both ends itself", "leave out --from and --to")
    return engine.commits.notes_of_release(engine.releases.find(asked.release or ""), services)
