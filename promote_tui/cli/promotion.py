"""A promotion on the command line: packaging, review, confirmation, start, and watching it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.cli.follow import follow
from promote_tui.cli.text.plan import headline, review_lines
from promote_tui.core.errors import CredentialsError, PromoteError, UsageError
from promote_tui.core.gates.blocked_gates import refusal
from promote_tui.core.gates.options import NORMAL, PromotionOptions, config_name
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.planning.plan import Confirmation, approve, confirmation_phrase, is_confirmed
from promote_tui.core.text import clean
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.core.planning.plan import ApprovedPlan, Draft, Plan
    from promote_tui.engine.engine import Engine

_REFUSED = 3


def package(context: CliContext, draft: Draft, *, only_shows: bool = False) -> Plan:
    """Package the commit, saying each step; what `only_shows` a plan runs no checks, which are put on record."""
    context.err.line(headline(draft, context.err.style))

    def say(step: str) -> None:
        context.err.line(f"  {clean(step)}")

    return context.engine.plans.make(draft, say, runs_checks=not only_shows)


@dataclass(frozen=True, slots=True)
class PromotionRequest:
    """What `promote` was asked for."""

    service: str
    stage: str
    commit: str | None = None
    answer: Confirmation = field(default_factory=Confirmation)
    dry_run: bool = False
    detach: bool = False
    terms: PromotionOptions = NORMAL
    back: bool = False
    """A rollback: without a commit, to the last one that was verified there."""


def promote(context: CliContext, wish: PromotionRequest) -> int:
    """Plan, review, confirm, start and watch a promotion; return the exit code of its verdict."""
    engine = context.writer(clean(f"{wish.service}/{wish.stage}"))
    draft = _drafted(engine, wish)
    _refuse_idle(draft, wish.terms)
    _refuse_closed(context, draft)
    made = package(context, draft, only_shows=wish.dry_run)
    context.err.lines(["", *review_lines(draft, made, context.err.style, context.now), ""])
    if wish.dry_run:
        return _dry_run(context, made, wish.answer)
    approved = _approved(context, made, wish.answer)
    run = _start(context, engine, approved)
    if wish.detach:
        context.out.line(run)
        context.err.line(f"the run continues: promote-tui attach {run}")
        return 0
    return follow(context, run)


def _drafted(engine: Engine, wish: PromotionRequest) -> Draft:
    if wish.back:
        return engine.plans.draft_rollback(wish.service, wish.stage, wish.commit, break_glass=wish.terms.break_glass)
    return engine.plans.draft(wish.service, wish.stage, wish.commit, wish.terms)


def _refuse_idle(draft: Draft, terms: PromotionOptions) -> None:
    """Raise UsageError for an override of what is no gate here, or may not be overridden."""
    overridable = [gate.name for gate in draft.gates if gate.overridable]
    names = {config_name(name) for name in overridable}
    for each in terms.overrides:
        if config_name(each.gate) not in names:
            may = (
                f"overridable here: {', '.join(overridable)}"
                if overridable
                else "no gate is overridable here: see `overridable`"
            )
            raise UsageError(f"--override {each.gate}", f"{draft.target} does not allow overriding it", may)


def _refuse_closed(context: CliContext, draft: Draft) -> None:
    """Show the draft and raise Refused with every reason where a gate is blocked before packaging."""
    closed = [gate for gate in draft.gates if not gate.passed]
    if closed:
        context.err.lines([*review_lines(draft, None, context.err.style, context.now), ""])
        if isinstance(draft.cell, Unreachable) and draft.cell.login:
            raise CredentialsError(str(draft.target), draft.cell.reason, draft.cell.remedy)
        raise refusal(str(draft.target), closed)


def _approved(context: CliContext, made: Plan, given: Confirmation) -> ApprovedPlan:
    """Return the approved plan; where there is no approval, nothing of the plan is left behind."""
    try:
        return approve(made, _answer(context, made, given), context.now)
    except BaseException:
        context.engine.plans.discard(made)
        raise


def _answer(context: CliContext, made: Plan, given: Confirmation) -> Confirmation:
    """Return the confirmation, asked for on the terminal where it is missing and somebody is there.

    A wrong `--confirm` is an answer: nobody is asked again. A blocked gate makes asking pointless.
    """
    target, confirm = made.draft.target, made.draft.confirm
    given = _allowed(context, made, given)
    phrase = confirmation_phrase(target)
    enough = is_confirmed(confirm, given, phrase) or given.typed is not None
    if enough or not context.interactive or made.blocked_gates(given.allowances):
        return given
    where = clean(f"{target.service}/{target.stage}, account {target.aws.account}, {target.aws.region}")
    if confirm == "type":
        return replace(given, typed=context.answer(f'Type "{clean(phrase)}" to deploy to {where}: '))
    words = context.answer(f"Promote {made.draft.commit.short} to {where}? [y/N] ")
    return replace(given, yes=words.lower() in {"y", "yes"})


def _allowed(context: CliContext, made: Plan, given: Confirmation) -> Confirmation:
    """Return the answer with what is allowed by name, asked for where nothing else blocks a gate."""
    missing = [need for need in made.missing_allowances if need not in given.allowances]
    if not missing or not context.interactive or made.blocked_gates((*given.allowances, *missing)):
        return given
    for need in missing:
        words = f"Type {need.logical_id} to allow it to be {need.kind}d, with its data: "
        if context.answer(clean(words)).strip() == need.logical_id:
            given = replace(given, allowances=(*given.allowances, need))
    return given


def _dry_run(context: CliContext, made: Plan, given: Confirmation) -> int:
    """Do a dry run: it deploys nothing, and so it asks nothing."""
    assent = Confirmation(yes=True, typed=confirmation_phrase(made.draft.target), allowances=given.allowances)
    try:
        approved = approve(made, assent, context.now)
        open_ = context.engine.plans.dry_run(approved, lambda line: context.out.line(clean(line, limit=4_000)))
    finally:
        context.engine.plans.discard(made)
    return 0 if open_ else _REFUSED


def _start(context: CliContext, engine: Engine, approved: ApprovedPlan) -> str:
    """Start the run; from here on the plan belongs to it, unless it says that it never began."""
    try:
        return engine.runs.start(approved)
    except PromoteError:
        engine.plans.discard(approved.plan)
        raise
    except KeyboardInterrupt:
        context.err.lines(["", "the run may have begun: see promote-tui runs --live"])
        raise
