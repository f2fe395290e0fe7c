"""What the commands of decisions share: the options that name a commit, and recording a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.core.errors import UsageError
from promote_tui.core.text import clean, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.cli.click_types import Parameter
    from promote_tui.cli.context import CliContext
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.engine.decisions import DecisionRequest


@dataclass(frozen=True, slots=True)
class CodeOptions:
    """A commit of a service for a stage, and why."""

    service: str
    stage: str
    revision: str
    reason: str

    @property
    def subject(self) -> str:
        """What an error or a line is about."""
        return f"{self.service}/{self.stage}"


def code_options(*more: Parameter) -> tuple[Parameter, ...]:
    """Return the parameters that name some code; others stand before the reason."""
    return (click.argument("service"), *STAGE_AND_COMMIT, *more, REASON)


STAGE_AND_COMMIT: tuple[Parameter, ...] = (
    click.option("--to", "stage", required=True, metavar="STAGE", help="The stage."),
    click.option("--commit", "revision", required=True, metavar="REV", help="The commit, by any name that git knows."),
)
REASON: Parameter = click.option("--reason", default="", metavar="TEXT", help="Why; recorded.")


def record_decision(context: CliContext, wanted: DecisionRequest, words: str) -> int:
    """Record the decision and say so; raises UsageError if a required reason is missing."""
    subject = f"{wanted.service}/{wanted.stage}" if wanted.stage else wanted.service
    if not wanted.reason.strip() and wanted.kind in {"hold", "unhold", "veto"}:
        raise UsageError("--reason", "is empty", "give a reason")
    made = context.writer(clean(subject)).decisions.record(wanted)
    told = words.format(commit=short(made.commit) if made.commit else "", item=made.item)
    context.out.line(clean(f"{subject}: {told} as {made.who}", limit=400))
    announce(context, made)
    return 0


def announce(context: CliContext, made: Decision) -> None:
    """Notify the channels of a decision, and name those that failed: that undoes nothing."""
    say_unnotified(context, context.engine.decisions.announce(made))


def say_unnotified(context: CliContext, failed: Sequence[tuple[str, str]]) -> None:
    """Name the channels that were not notified, and why."""
    context.err.lines(clean(f"{channel} was not notified: {why}", limit=400) for channel, why in failed)
