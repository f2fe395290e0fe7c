"""`release approve` and `release check`: one word of a person for all that a release brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.commands.release.options import release_name
from promote_tui.cli.decision_record import REASON
from promote_tui.core.errors import UsageError
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.engine.decision_batch import DecisionBatch


@click.command(cls=Leaf)
@release_name
@REASON
@with_context
def approve(context: CliContext, name: str, reason: str) -> int:
    """Approve all that a release brings.

    It is an approval of each service's commit for the stage; where one could not be written, run it again.
    """
    return _tell(context, name, context.writer(f"release {name}").releases.approve(name, reason))


@dataclass(frozen=True, slots=True)
class TickOptions:
    """What is ticked, who has said so, and where that can be seen."""

    item: str
    on_behalf: str
    evidence: str
    reason: str


@click.command(cls=Leaf)
@release_name
@with_values(
    "tick",
    TickOptions,
    click.argument("item"),
    click.option(
        "--on-behalf-of",
        "on_behalf",
        default="",
        metavar="NAME",
        help="The person without access to AWS who checked it.",
    ),
    click.option(
        "--evidence", default="", metavar="TEXT", help="Where others can see it; required with --on-behalf-of."
    ),
    REASON,
)
@with_context
def check(context: CliContext, name: str, *, tick: TickOptions) -> int:
    """Tick an item of the checklist for all that a release brings."""
    if tick.on_behalf and not tick.evidence:
        raise UsageError("--on-behalf-of", "needs --evidence", "say where others can see it: a mail, a ticket, a call")
    releases = context.writer(f"release {name}").releases
    made = releases.check(name, tick.item, tick.reason, evidence=tick.evidence, on_behalf=tick.on_behalf)
    return _tell(context, name, made)


def _tell(context: CliContext, name: str, batch: DecisionBatch) -> int:
    """Print what was recorded and what is still missing; return how the first that was not written failed."""
    context.out.line(clean(f"release {name}: {batch.words}", limit=1_000))
    for each in context.engine.releases.details(name).sign_offs or ():
        context.err.line(clean(f"  {each.name}: {each.words}", limit=1_000))
    return batch.failed[0][1].exit_code if batch.failed else 0
