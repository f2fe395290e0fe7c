"""`preview down` and `preview prune`: removing previews, once a person has seen what goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.previews import confirm_or_refuse, fetch_for_previews
from promote_tui.cli.sync_rounds import Narrator
from promote_tui.cli.text.previews import removal_lines
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.previews import OutcomesHuman, OutcomesJson
from promote_tui.core.errors import Refused
from promote_tui.core.previews.outcome import exit_code
from promote_tui.core.text import join_words, plural
from promote_tui.signals import ended_by_signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.previews import OutcomesView
    from promote_tui.engine.previews.removing import PreviewRemoval


@dataclass(frozen=True, slots=True)
class RemovalOptions:
    """How a removal is confirmed, and whether it takes what buckets hold."""

    yes: bool
    empty: bool
    reason: str
    no_fetch: bool


_with_removal = with_values(
    "options",
    RemovalOptions,
    click.option("--yes", is_flag=True, help="Do not ask."),
    click.option("--empty", is_flag=True, help="Delete what their buckets hold, too."),
    click.option("--reason", default="", metavar="TEXT", help="Why; recorded with the runs."),
    click.option("--no-fetch", is_flag=True, help="Go by the branches as they were fetched last."),
)


@click.command(cls=Leaf)
@click.argument("name", metavar="NAME")
@_with_removal
@with_view(OutcomesHuman, OutcomesJson)
@with_context
def down(context: CliContext, *, name: str, options: RemovalOptions, view: OutcomesView) -> int:
    """Remove a preview, and prove that its stacks are gone.

    NAME is the preview's name or its branch. Services go before those that they depend on. A bucket that holds
    something is named, and keeps its stack until `--empty` is given. A stage of the configuration is never removed.
    """
    context.check_writable(f"preview {name}")
    unfetched = fetch_for_previews(context, fetches=not options.no_fetch)
    planned = context.engine.previews.plan_removal(name, unfetched)
    return _remove(context, [planned], options, view)


@click.command(cls=Leaf)
@_with_removal
@with_view(OutcomesHuman, OutcomesJson)
@with_context
def prune(context: CliContext, *, options: RemovalOptions, view: OutcomesView) -> int:
    """Remove previews whose branch is merged or deleted, and old ones.

    They are shown first. Where the state of a branch is unknown, its preview stays.
    """
    context.check_writable("preview prune")
    unfetched = fetch_for_previews(context, fetches=not options.no_fetch)
    planned = context.engine.previews.plan_pruning(unfetched)
    return _remove(context, planned, options, view)


def _remove(context: CliContext, planned: Sequence[PreviewRemoval], options: RemovalOptions, view: OutcomesView) -> int:
    if not planned:
        view.outcomes("", ())
        return 0
    context.err.lines(removal_lines(planned, context.err.style, empties=options.empty))
    blocking = [name for each in planned for name in each.blocking]
    if blocking and not options.empty:
        cause = f"these buckets hold something, and block it: {join_words(blocking)}"
        raise Refused("preview", cause, "pass --empty to delete what they hold, or empty them yourself")
    stacks = sum(len(each.services) for each in planned)
    confirm_or_refuse(context, "preview", f"Remove {plural(stacks, 'stack')}? [y/N] ", yes=options.yes)
    with ended_by_signals():
        found = tuple(
            outcome
            for each in planned
            for outcome in context.engine.previews.remove(
                each.with_emptied_buckets() if options.empty else each, options.reason or each.why, Narrator(context)
            )
        )
    view.outcomes(planned[0].preview.name if len(planned) == 1 else "", found)
    return exit_code(found)
