"""`recover`: freeing a stuck stack, once a person has seen what is wrong and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.follow import follow
from promote_tui.cli.text.recovery import recovery_lines
from promote_tui.core.planning.plan import Confirmation, confirmation_phrase, is_confirmed
from promote_tui.core.text import clean
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.core.recovery.recovery import RecoveryPlan


@dataclass(frozen=True, slots=True)
class RecoverOptions:
    """Which resources are left as they are, and how the recovery is confirmed."""

    skip: tuple[str, ...]
    yes: bool
    confirm: str | None
    reason: str
    dry_run: bool


_with_options = with_values(
    "options",
    RecoverOptions,
    click.option("--skip", multiple=True, metavar="ID", help="Leave this resource as it is."),
    click.option("--yes", is_flag=True, help="Confirm where the stage asks (not where it requires typing)."),
    click.option("--confirm", metavar="TEXT", help='Confirm where typing is required: "SERVICE STAGE".'),
    click.option("--reason", default="", metavar="TEXT", help="Why; recorded with the run."),
    click.option("--dry-run", is_flag=True, help="Show what is wrong and what would be done, and do nothing."),
)


@click.command(cls=Leaf)
@click.argument("service")
@click.argument("stage")
@_with_options
@with_context
def recover(context: CliContext, *, service: str, stage: str, options: RecoverOptions) -> int:
    """Free a stuck stack: continue its rollback, roll it back, or delete what never worked.

    Which of them follows from the stack's status. What failed is shown first, and what can be skipped. Nothing is
    deleted that holds data. It is a run on record, with the stage's lock, and ends with what the stack says.
    """
    engine = context.engine if options.dry_run else context.writer(clean(f"{service}/{stage}"))
    plan = engine.recoveries.plan(service, stage, options.skip)
    context.err.lines([*recovery_lines(plan), ""])
    if options.dry_run:
        return 0
    run = engine.recoveries.start(plan, _answer(context, plan, options))
    return follow(context, run)


def _answer(context: CliContext, plan: RecoveryPlan, options: RecoverOptions) -> Confirmation:
    """Return the confirmation, asked for on the terminal where it is missing; a wrong `--confirm` is an answer."""
    given = Confirmation(options.yes, options.confirm, options.reason)
    phrase = confirmation_phrase(plan.recovery.target)
    if is_confirmed(plan.confirm, given, phrase) or given.typed is not None or not context.interactive:
        return given
    if plan.confirm == "type":
        return replace(given, typed=context.answer(f'Type "{clean(phrase)}" to recover it: '))
    return replace(given, yes=context.answer(f"Recover {clean(phrase)}? [y/N] ").lower() in {"y", "yes"})
