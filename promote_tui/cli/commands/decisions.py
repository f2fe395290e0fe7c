"""`ask`, `approve`, `withdraw`, `hold`, `unhold` and `veto`: people's decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.decision_record import REASON, CodeOptions, code_options, record_decision, say_unnotified
from promote_tui.cli.stage_holds import HOLD_PLACE, HoldPlace, change_holds
from promote_tui.core import typed_times
from promote_tui.core.errors import UsageError
from promote_tui.core.gates.approvals import approval_words
from promote_tui.core.text import clean, short
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.engine.stage_holds import HoldRequest

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.core.gates.decisions import Decision

_why = click.option("--reason", required=True, metavar="TEXT", help="Why; recorded.")


@dataclass(frozen=True, slots=True)
class ApprovedCode:
    """What is approved for a stage: a commit, or of each of several services the one that would be promoted."""

    services: tuple[str, ...]
    stage: str
    revision: str | None
    reason: str

    def requests(self) -> list[DecisionRequest]:
        """Return the approvals that are wanted; raises UsageError where a service is there twice.

        Of a single service the commit has to be named.
        """
        if len(self.services) == 1 and self.revision is None:
            raise click.MissingParameter(param_hint="'--commit'", param_type="option")
        twice = next((name for name in self.services if self.services.count(name) > 1), None)
        if twice is not None:
            raise UsageError(f"service {twice}", "it is there twice", "name each service once")
        return [DecisionRequest("approve", name, self.stage, self.revision, self.reason) for name in self.services]


@click.command(cls=Leaf)
@with_values(
    "code",
    ApprovedCode,
    click.argument("services", nargs=-1, required=True, metavar="SERVICE..."),
    click.option("--to", "stage", required=True, metavar="STAGE", help="The stage."),
    click.option(
        "--commit",
        "revision",
        metavar="REV",
        help="The commit; of several services: by default the one that would be promoted.",
    ),
    REASON,
)
@with_context
def approve(context: CliContext, *, code: ApprovedCode) -> int:
    """Approve a commit's code for a stage; the promoter's own approval does not count.

    Several services are approved one by one, those that you have approved already are left alone.
    """
    wanted = code.requests()
    engine = context.writer(clean(f"{', '.join(code.services)}/{code.stage}"))
    if len(wanted) == 1:
        _say_approved(context, engine.decisions.record(wanted[0]))
        return 0
    found = engine.decisions.record_all("approve", wanted)
    for made in found.written:
        _say_approved(context, made)
    for service in found.decided_before:
        context.out.line(clean(f"{service}/{code.stage}: you have approved it already"))
    context.err.lines(clean(f"{service}/{code.stage}: not approved: {error.advice}") for service, error in found.failed)
    return found.failed[0][1].exit_code if found.failed else 0


def _say_approved(context: CliContext, made: Decision) -> None:
    words = approval_words(made, context.engine.decisions.progress(made))
    context.out.line(clean(f"{made.service}/{made.stage}: {words}", limit=400))


@click.command(cls=Leaf)
@with_values("code", CodeOptions, *code_options())
@with_context
def ask(context: CliContext, *, code: CodeOptions) -> int:
    """Ask others for their approval, through the channels under `notify`."""
    engine = context.writer(clean(code.subject))
    sha, failed = engine.decisions.ask_approval(code.service, code.stage, code.revision, code.reason)
    say_unnotified(context, failed)
    context.out.line(clean(f"{code.subject}: asked for approval of {short(sha)}"))
    return 1 if failed else 0


_item = click.option(
    "--item", default="", metavar="ITEM", help="Withdraw this tick of the checklist, not the approval."
)


@click.command(cls=Leaf)
@with_values("code", CodeOptions, *code_options(_item))
@with_context
def withdraw(context: CliContext, *, code: CodeOptions, item: str) -> int:
    """Withdraw your approval, or a tick of the checklist."""
    words = "withdrew the tick for {commit}" if item else "withdrew the approval of {commit}"
    wanted = DecisionRequest("withdraw", code.service, code.stage, code.revision, code.reason, item)
    return record_decision(context, wanted, words)


_everywhere = click.option("--all", "everywhere", metavar="STAGE", help="Every service of this stage.")


@click.command(cls=Leaf)
@with_values("place", HoldPlace, *HOLD_PLACE, _everywhere)
@_why
@click.option("--until", metavar="T", help="When it ends by itself: 4h from now, 2026-03-01, 2026-03-01T14:30.")
@with_context
def hold(context: CliContext, *, place: HoldPlace, reason: str, until: str | None) -> int:
    """Block every promotion of a service to a stage, or of all services, until the hold is lifted."""
    context.writer(clean(place.subject))
    ends = typed_times.parse_later(until, context.now) if until else None
    if place.everywhere:
        return change_holds(context, HoldRequest("hold", place.everywhere, reason, ends))
    return record_decision(context, DecisionRequest("hold", *place.one, None, reason, expires_at=ends), "held")


@click.command(cls=Leaf)
@with_values("place", HoldPlace, *HOLD_PLACE, _everywhere)
@_why
@with_context
def unhold(context: CliContext, *, place: HoldPlace, reason: str) -> int:
    """Lift a hold, or every hold on a stage."""
    context.check_writable(clean(place.subject))
    if place.everywhere:
        return change_holds(context, HoldRequest("unhold", place.everywhere, reason))
    return record_decision(context, DecisionRequest("unhold", *place.one, None, reason), "lifted the hold")


@click.command(cls=Leaf)
@click.argument("revision", metavar="REV")
@click.option("--service", required=True, metavar="S", help="The service.")
@_why
@with_context
def veto(context: CliContext, revision: str, *, service: str, reason: str) -> int:
    """Block a commit's code from every stage, permanently."""
    return record_decision(context, DecisionRequest("veto", service, None, revision, reason), "vetoed {commit}")
