"""Gathers what a stage's rules need to know: people's decisions, the commit's signature, the promoter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, GitError, LedgerError, PromoteError
from promote_tui.core.gates.effective_config import has_gates
from promote_tui.core.gates.evaluate import evaluate_gates
from promote_tui.core.gates.facts import GateFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.model.alarms import Alarm
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.runs.external import describe_external_update
from promote_tui.core.text import short
from promote_tui.engine.verification import same_code, verified_or_before
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.facts import PromotionFacts
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.gates.options import PromotionOptions
    from promote_tui.core.model.ci import CiReading
    from promote_tui.core.model.pipeline import Service, Stage, Target
    from promote_tui.engine.context import Context

_RECENT = 5
"""Runs of a stack that are looked at for the newest one that was deployed."""


def gates_of(context: Context, facts: PromotionFacts, options: PromotionOptions) -> tuple[GateResult, ...]:
    """Return every gate's result; what cannot be read blocks the gates that need it."""
    service = context.pipeline.service(facts.target.service)
    stage, commit = facts.stage, facts.commit
    back = options.kind == "rollback"
    here = verified_or_before(context, service, stage.name, commit, facts.cell) if back else None
    return evaluate_gates(GateContext(facts, _gather_facts(context, service, facts), options, here))


def _gather_facts(context: Context, service: Service, facts: PromotionFacts) -> GateFacts:
    rules = facts.stage.rules
    try:
        decisions, problem = decisions_for(context, service, facts.stage.name, facts.commit), ""
    except PromoteError as error:
        decisions, problem = (), f"the decisions cannot be read: {error.cause}"
    asks = facts.package is not None  # a draft is made too often to ask over the network
    advanced, default_changed, unavailable = _remote_news(context, facts.stage) if asks else ("", "", "")
    return GateFacts(
        now=context.clock.now(),
        decisions=decisions,
        problem=problem,
        promoter=_promoter(context, facts),
        trusted=context.pipeline.trusted_roles,
        alarms=alarms_of(context, facts.target, rules.alarms),
        ci=_read_ci(context, service, facts) if rules.ci else None,
        signature=context.graph.signature(service, facts.commit) if rules.signed else None,
        remote=not rules.pushed or context.graph.remote_url(service) is not None,
        tracks=not rules.pushed or context.graph.tracks_remote(service),
        policy=context.pipeline.policy,
        remote_advanced=advanced,
        default_branch_changed=default_changed,
        remote_unavailable=unavailable,
        external_update=_external_update(context, facts),
        local=context.clock.local,
    )


def decisions_for(context: Context, service: Service, stage: str, commit: str) -> tuple[Decision, ...]:
    """Return the decisions about a service in a stage and about this very code, oldest first.

    A decision about another commit counts where both have the same service tree. Raises LedgerError, GitError.
    """
    return decisions_about(context, service, commit, context.ledger.decisions(service.name, stage))


def decisions_about(context: Context, service: Service, commit: str, found: Sequence[Decision]) -> tuple[Decision, ...]:
    """Return those of a service's decisions that are about this very code, see `decisions_for`; raises GitError."""
    if not found:
        return ()
    same = same_code(context, service, {commit, *(each.commit for each in found if each.commit)})
    return tuple(each for each in found if each.commit is None or same(each.commit, commit))


def alarms_of(context: Context, target: Target, names: tuple[str, ...]) -> tuple[Alarm, ...]:
    """Return the states of the alarms; one that cannot be read says why, and nothing raises."""
    if not names:
        return ()
    try:
        return context.ports.alarms.states(target, names)
    except AwsError as error:
        return tuple(Alarm(name, None, error.cause) for name in names)


def _read_ci(context: Context, service: Service, facts: PromotionFacts) -> CiReading:
    return context.ports.ci.read(context.graph.remote_url(service), context.pipeline.ci, facts.commit)


def _remote_news(context: Context, stage: Stage) -> tuple[str, str, str]:
    """Return in words whether the remote has advanced, has another default branch, or could not be asked.

    That matters to a local policy, too: the remote may have got gates since.
    """
    found = context.pipeline.policy
    if found is None or not found.ref or (found.kind == "remote" and not has_gates(stage)):
        return "", "", ""
    try:
        tip, default = context.ports.policy.tip(found.ref)
    except GitError as error:
        return "", "", f"could not check whether {found.ref} has advanced: {error.cause}"
    if default != found.ref:
        return "", f"the remote's default branch is {default}, not {found.ref}", ""
    if tip == found.sha:
        return "", "", ""
    return f"{found.ref} is at {short(tip)} now" if tip else f"{found.ref} was deleted on the remote", "", ""


def _external_update(context: Context, facts: PromotionFacts) -> str:
    try:
        runs = context.ledger.runs(RunFilter(key=facts.target.key), limit=_RECENT).runs
    except LedgerError:
        return ""  # without the ledger nothing is promoted anyway
    return describe_external_update(facts.cell.stack if not isinstance(facts.cell, Unreachable) else None, runs)


def _promoter(context: Context, facts: PromotionFacts) -> str | None:
    try:
        return context.identity(facts.target).arn
    except PromoteError:
        return None
