"""`check`: ticking an item of a stage's checklist, or running the stage's checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.decision_record import REASON, STAGE_AND_COMMIT, record_decision
from promote_tui.cli.errors import INTERRUPTED
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.checks import ChecksHuman, ChecksJson
from promote_tui.core.errors import UsageError
from promote_tui.core.text import clean
from promote_tui.engine.checks import CheckWatch
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.signals import ended_by_signals

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.checks import ChecksView


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is checked, who has said so, and where that can be seen; `running`: the stage's checks are run."""

    words: tuple[str, ...]
    stage: str
    revision: str
    on_behalf: str
    evidence: str
    running: bool
    reason: str

    def tick(self) -> DecisionRequest:
        """Return the tick that is wanted; raises UsageError where somebody else's lacks its evidence."""
        item, service = self.words
        if self.on_behalf and not self.evidence:
            remedy = "say where others can see it: a mail, a ticket, a call"
            raise UsageError("--on-behalf-of", "needs --evidence", remedy)
        wanted = DecisionRequest("check", service, self.stage, self.revision, self.reason, item)
        return replace(wanted, evidence=self.evidence, on_behalf=self.on_behalf)


@click.command(cls=Leaf)
@with_values(
    "options",
    CheckOptions,
    click.argument("words", nargs=-1, required=True, metavar="[ITEM] SERVICE"),
    *STAGE_AND_COMMIT,
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
    click.option("--run", "running", is_flag=True, help="Run the stage's checks on the commit, instead of ticking."),
    with_view(ChecksHuman, ChecksJson, "With --run: print JSON."),
    REASON,
)
@with_context
def check(context: CliContext, *, options: CheckOptions, view: ChecksView) -> int:
    """Tick an item of a stage's checklist for a commit's code, or run the stage's checks on it."""
    if len(options.words) != (1 if options.running else 2):
        takes = "only SERVICE with --run" if options.running else "ITEM and SERVICE, or --run and SERVICE"
        raise UsageError("check", f"takes {takes}", "put an item of several words in quotes")
    if options.running:
        return _run_checks(context, options, view)
    return record_decision(context, options.tick(), "ticked {item!r} for {commit}")


def _run_checks(context: CliContext, options: CheckOptions, view: ChecksView) -> int:
    """Run them, show how each ends, and return 1 where one has failed."""
    service, stage = options.words[0], options.stage
    engine = context.writer(clean(f"{service}/{stage}"))

    def say(step: str) -> None:
        context.err.line(f"  {clean(step)}")

    try:
        with ended_by_signals():
            ended = engine.decisions.run_checks(service, stage, options.revision, CheckWatch(say, view.check))
    except KeyboardInterrupt:
        context.err.lines(("", "interrupted: the check was stopped and is not recorded"))
        return INTERRUPTED
    view.end(ended)
    return 0 if all(end.decision.passed for end in ended) else 1
