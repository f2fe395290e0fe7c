"""`ask`, `approve`, `withdraw`, `hold`, `unhold` and `veto`: people's decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promote_tui.cli import time_options
from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.decision_record import CodeOptions, code_options, record_decision
from promote_tui.core.gates.approvals import approval_words
from promote_tui.core.text import clean, short
from promote_tui.engine.decisions import DecisionRequest

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext

_why = click.option("--reason", required=True, metavar="TEXT", help="Why; recorded.")


@click.command(cls=Leaf)
@with_values("code", CodeOptions, *code_options())
@with_context
def approve(context: CliContext, *, code: CodeOptions) -> int:
    """Approve a commit's code for a stage; the promoter's own approval does not count."""
    engine = context.writer(clean(code.subject))
    made = engine.decisions.record(DecisionRequest("approve", code.service, code.stage, code.revision, code.reason))
    context.out.line(clean(f"{code.subject}: {approval_words(made, engine.decisions.progress(made))}", limit=400))
    return 0


@click.command(cls=Leaf)
@with_values("code", CodeOptions, *code_options())
@with_context
def ask(context: CliContext, *, code: CodeOptions) -> int:
    """Ask others for their approval, through the channels under `notify`."""
    engine = context.writer(clean(code.subject))
    sha, failed = engine.decisions.ask_approval(code.service, code.stage, code.revision, code.reason)
    context.err.lines(clean(f"{channel} was not notified: {why}", limit=400) for channel, why in failed)
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


@click.command(cls=Leaf)
@click.argument("service")
@click.argument("stage")
@_why
@click.option("--until", metavar="T", help="When it ends by itself: 4h from now, 2026-03-01, 2026-03-01T14:30.")
@with_context
def hold(context: CliContext, service: str, stage: str, *, reason: str, until: str | None) -> int:
    """Block every promotion of a service to a stage until the hold is lifted."""
    context.writer(clean(f"{service}/{stage}"))
    ends = time_options.parse_later(until, context.now) if until else None
    return record_decision(context, DecisionRequest("hold", service, stage, None, reason, expires_at=ends), "held")


@click.command(cls=Leaf)
@click.argument("service")
@click.argument("stage")
@_why
@with_context
def unhold(context: CliContext, service: str, stage: str, reason: str) -> int:
    """Lift a hold."""
    return record_decision(context, DecisionRequest("unhold", service, stage, None, reason), "lifted the hold")


@click.command(cls=Leaf)
@click.argument("revision", metavar="REV")
@click.option("--service", required=True, metavar="S", help="The service.")
@_why
@with_context
def veto(context: CliContext, revision: str, *, service: str, reason: str) -> int:
    """Block a commit's code from every stage, permanently."""
    return record_decision(context, DecisionRequest("veto", service, None, revision, reason), "vetoed {commit}")
