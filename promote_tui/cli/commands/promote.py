"""`promote` and `rollback`: bringing a commit to a stage, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.promotion import PromotionRequest
from promote_tui.cli.promotion import promote as run_promotion
from promote_tui.core.errors import UsageError
from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import Override, PromotionOptions
from promote_tui.core.planning.plan import Confirmation
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.cli.context import CliContext


@dataclass(frozen=True, slots=True)
class ConfirmOptions:
    """What every deploy is confirmed by, and how it goes on."""

    yes: bool
    confirm: str | None
    reason: str
    allow_replace: tuple[str, ...]
    allow_remove: tuple[str, ...]
    dry_run: bool
    detach: bool

    @property
    def answer(self) -> Confirmation:
        """What the person has confirmed with them."""
        replaced = (Allowance("replace", name) for name in self.allow_replace)
        removed = (Allowance("remove", name) for name in self.allow_remove)
        return Confirmation(self.yes, self.confirm, self.reason, (*replaced, *removed))


_with_confirmation = with_values(
    "confirming",
    ConfirmOptions,
    click.option("--yes", is_flag=True, help="Confirm where the stage asks (not where it requires typing)."),
    click.option("--confirm", metavar="TEXT", help='Confirm where the stage requires typing: "SERVICE STAGE".'),
    click.option("--reason", default="", metavar="TEXT", help="Why; recorded with the run."),
    click.option(
        "--allow-replace", multiple=True, metavar="ID", help="Allow this resource to be replaced, with its data."
    ),
    click.option(
        "--allow-remove", multiple=True, metavar="ID", help="Allow this resource to be removed, with its data."
    ),
    click.option("--dry-run", is_flag=True, help="Do everything but the deploy."),
    click.option("--detach", is_flag=True, help="Print the run's id and do not wait for its end."),
)


@dataclass(frozen=True, slots=True)
class PromoteOptions:
    """What is promoted where, which blocked gates it overrides, and which stages a hotfix leaves out."""

    service: str
    stage: str
    commit: str | None
    overrides: tuple[str, ...]
    hotfix: bool
    skipped: tuple[str, ...]

    def terms(self, stages: Collection[str]) -> PromotionOptions:
        """Return the terms that they make; raises UsageError for a stage that is none, or may not be left out."""
        if self.skipped and not self.hotfix:
            raise UsageError("--skip", "only a hotfix can skip stages", "add --hotfix")
        for name in self.skipped:
            if name not in stages:
                raise UsageError(f"stage {name}", "there is no such stage", f"one of: {', '.join(stages)}")
        return PromotionOptions(
            "hotfix" if self.hotfix else "normal", self.skipped, tuple(_override(words) for words in self.overrides)
        )


def _override(words: str) -> Override:
    gate, _, reason = words.partition("=")
    if not gate.strip() or not reason.strip():
        remedy = 'such as --override soak="the shop is down"'
        raise UsageError(f"--override {words}", "needs a gate and a reason", remedy)
    return Override(gate.strip(), reason.strip())


@click.command(cls=Leaf)
@with_values(
    "options",
    PromoteOptions,
    click.argument("service"),
    click.option("--to", "stage", required=True, metavar="STAGE", help="The stage."),
    click.option("--commit", metavar="REV", help="The commit (default: the newest verified in the stage before)."),
    click.option("--override", "overrides", multiple=True, metavar="GATE=REASON", help="Override a blocked gate."),
    click.option("--hotfix", is_flag=True, help="A hotfix: can skip stages, needs one approval more."),
    click.option("--skip", "skipped", multiple=True, metavar="STAGE", help="A stage that the hotfix skips."),
)
@_with_confirmation
@with_context
def promote(context: CliContext, *, options: PromoteOptions, confirming: ConfirmOptions) -> int:
    """Promote a commit to a stage: plan, confirm, deploy, verify."""
    terms = options.terms([stage.name for stage in context.engine.pipeline.stages] if options.skipped else [])
    how = confirming.answer, confirming.dry_run, confirming.detach
    return run_promotion(context, PromotionRequest(options.service, options.stage, options.commit, *how, terms))


@dataclass(frozen=True, slots=True)
class RollbackOptions:
    """What goes back, and to which commit; `glass` is what was typed to continue without the team's ledger."""

    service: str
    stage: str
    commit: str | None
    glass: str | None


@click.command(cls=Leaf)
@with_values(
    "options",
    RollbackOptions,
    click.argument("service"),
    click.option("--stage", required=True, metavar="STAGE", help="The stage."),
    click.option("--commit", metavar="REV", help="The commit to roll back to (default: the last one verified there)."),
    click.option("--break-glass", "glass", metavar="TEXT", help='Without the team\'s ledger: "SERVICE STAGE".'),
)
@_with_confirmation
@with_context
def rollback(context: CliContext, *, options: RollbackOptions, confirming: ConfirmOptions) -> int:
    """Roll a stage back to code that was verified there, and put it on hold."""
    glass = options.glass is not None
    if glass:
        _break_glass(context, options)
    terms = PromotionOptions("rollback", break_glass=glass)
    how = confirming.answer, confirming.dry_run, confirming.detach
    code = run_promotion(
        context, PromotionRequest(options.service, options.stage, options.commit, *how, terms, back=True)
    )
    if glass and not confirming.dry_run:
        context.err.line("once the team's ledger answers again: promote-tui ledger import --break-glass")
    return code


def _break_glass(context: CliContext, options: RollbackOptions) -> None:
    """Go on without the team's ledger; raises UsageError where the words are wrong, or a commit is missing."""
    if options.glass != f"{options.service} {options.stage}":
        words = f'pass --break-glass "{options.service} {options.stage}"'
        raise UsageError("--break-glass", "does not name what is rolled back", words)
    if options.commit is None:
        raise UsageError("--break-glass", "unknown which commit was verified without the ledger", "pass --commit")
    context.break_glass(clean(f"{options.service}/{options.stage}"))
