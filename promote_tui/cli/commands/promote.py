"""Planning and promoting on the command line: review, confirmation, start, and watching it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from promote_tui.cli import json_output
from promote_tui.cli.follow import follow
from promote_tui.cli.text.plan import headline, review
from promote_tui.core.errors import CredentialsError, PromoteError, UsageError
from promote_tui.core.gates.closed import refusal
from promote_tui.core.gates.evaluate import NAMES, NORMAL, Terms
from promote_tui.core.model.pipeline import Unreachable
from promote_tui.core.planning.plan import Confirmation, approve, is_confirmed, phrase
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.cli.context import Session
    from promote_tui.core.planning.plan import ApprovedPlan, Draft, Plan
    from promote_tui.engine.engine import Engine

_REFUSED = 3


def plan(session: Session, services: Sequence[str], stage: str, commit: str | None, *, as_json: bool) -> int:
    """Show what promotions would do, and leave nothing behind."""
    found, code = [], 0
    for service in dict.fromkeys(services):
        draft = session.engine.draft(service, stage, commit)
        made = _if_open(session, draft)
        found.append(json_output.plan(draft, made))
        if isinstance(draft.cell, Unreachable) and draft.cell.login:
            code = CredentialsError.exit_code
        if not as_json:
            session.out.lines([*([""] if len(found) > 1 else []), *review(draft, made, session.out.style, session.now)])
    if as_json:
        session.json({"plans": found})
    return code


def _if_open(session: Session, draft: Draft) -> Plan | None:
    """Package the commit where the draft's gates are open; a commit that may not go there is never packaged."""
    if draft.forbidding:
        session.err.line(f"{draft.target}: not packaged, since a gate is closed")
        return None
    made = _package(session, draft)
    session.engine.discard(made)
    return made


def _package(session: Session, draft: Draft) -> Plan:
    session.err.line(headline(draft, session.err.style))
    return session.engine.plan(draft, lambda step: session.err.line(f"  {clean(step)}"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What `promote` was asked for."""

    service: str
    stage: str
    commit: str | None = None
    answer: Confirmation = field(default_factory=Confirmation)
    dry_run: bool = False
    detach: bool = False
    terms: Terms = NORMAL
    back: bool = False
    """A rollback: without a commit, to the last one that was verified there."""


def promote(session: Session, wish: Wish) -> int:
    """Plan, review, confirm, start and watch a promotion; return the exit code of its verdict."""
    engine = session.writer(clean(f"{wish.service}/{wish.stage}"))
    draft = _drafted(engine, wish)
    _refuse_idle(draft, wish.terms)
    _refuse_closed(session, draft)
    made = _package(session, draft)
    session.err.lines(["", *review(draft, made, session.err.style, session.now), ""])
    if wish.dry_run:
        return _walk(session, made, wish.answer)
    approved = _approved(session, made, wish.answer)
    run = _start(session, engine, approved)
    if wish.detach:
        session.out.line(run)
        session.err.line(f"the run goes on by itself: promote-tui attach {run}")
        return 0
    return follow(session, run)


def _drafted(engine: Engine, wish: Wish) -> Draft:
    if wish.back:
        return engine.rollback(wish.service, wish.stage, wish.commit, break_glass=wish.terms.break_glass)
    return engine.draft(wish.service, wish.stage, wish.commit, wish.terms)


def _refuse_idle(draft: Draft, terms: Terms) -> None:
    """Raise UsageError for an override of what is no gate here, or may not be overridden."""
    overridable = [gate.name for gate in draft.gates if gate.overridable]
    for each in terms.overrides:
        if NAMES.get(each.gate, each.gate) not in overridable:
            may = f"may be: {', '.join(overridable)}" if overridable else "nothing may be: see `overridable`"
            raise UsageError(f"--override {each.gate}", f"{draft.target} does not let it be overridden", may)


def _refuse_closed(session: Session, draft: Draft) -> None:
    """Show the draft and raise Refused with every reason where a gate is closed before packaging."""
    closed = [gate for gate in draft.gates if not gate.passed]
    if closed:
        session.err.lines([*review(draft, None, session.err.style, session.now), ""])
        if isinstance(draft.cell, Unreachable) and draft.cell.login:
            raise CredentialsError(str(draft.target), draft.cell.reason, draft.cell.remedy)
        raise refusal(str(draft.target), closed)


def _approved(session: Session, made: Plan, given: Confirmation) -> ApprovedPlan:
    """Return the approved plan; where there is no approval, nothing of the plan is left behind."""
    try:
        return approve(made, _answer(session, made, given), session.now)
    except BaseException:
        session.engine.discard(made)
        raise


def _answer(session: Session, made: Plan, given: Confirmation) -> Confirmation:
    """Return the confirmation, asked for on the terminal where it is missing and somebody is there.

    A wrong `--confirm` is an answer: nobody is asked again. A closed gate makes asking pointless.
    """
    target, confirm = made.draft.target, made.draft.confirm
    given = _allowed(session, made, given)
    enough = is_confirmed(target, confirm, given) or given.typed is not None
    if enough or not session.interactive or made.closed(given.allowances):
        return given
    where = clean(f"{target.service}/{target.stage}, account {target.aws.account}, {target.aws.region}")
    if confirm == "type":
        return replace(given, typed=session.answer(f'Type "{clean(phrase(target))}" to deploy to {where}: '))
    words = session.answer(f"Promote {made.draft.commit.short} to {where}? [y/N] ")
    return replace(given, yes=words.lower() in {"y", "yes"})


def _allowed(session: Session, made: Plan, given: Confirmation) -> Confirmation:
    """Return the answer with what is allowed by name, asked for where that alone keeps a gate closed."""
    missing = [need for need in made.needs if need not in given.allowances]
    if not missing or not session.interactive or made.closed((*given.allowances, *missing)):
        return given
    for need in missing:
        words = f"Type {need.logical_id} to let it be {need.kind}d, with what it holds: "
        if session.answer(clean(words)).strip() == need.logical_id:
            given = replace(given, allowances=(*given.allowances, need))
    return given


def _walk(session: Session, made: Plan, given: Confirmation) -> int:
    """Do a dry run: it deploys nothing, and so it asks nothing."""
    assent = Confirmation(yes=True, typed=phrase(made.draft.target), allowances=given.allowances)
    try:
        approved = approve(made, assent, session.now)
        open_ = session.engine.dry_run(approved, lambda line: session.out.line(clean(line, limit=4_000)))
    finally:
        session.engine.discard(made)
    return 0 if open_ else _REFUSED


def _start(session: Session, engine: Engine, approved: ApprovedPlan) -> str:
    """Start the run; from here on the plan belongs to it, unless it says that it never began."""
    try:
        return engine.start(approved)
    except PromoteError:
        engine.discard(approved.plan)
        raise
    except KeyboardInterrupt:
        session.err.lines(["", "the run may have begun: see promote-tui runs --live"])
        raise
