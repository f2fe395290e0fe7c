"""After the deploy: runs the smoke test, and watches the alarms for as long as the stage bakes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, Refused
from promote_tui.core.model.pipeline import Target
from promote_tui.core.model.smoke import SmokeCommand, SmokeRequest, check, interpolate
from promote_tui.core.package.package import Checkout
from promote_tui.core.runs.events import AlarmWatchEnded, DeployCompleted, Event, Failed, SmokeTested, Verified
from promote_tui.core.runs.proof import DeployProof, bake_ended, judge_proof, needs_proof, smoke_tested
from promote_tui.engine.deploy_values import resolve_service
from promote_tui.engine.planning.gates import alarms_of
from promote_tui.ports import ProjectCommand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.model.pipeline import Service
    from promote_tui.core.model.smoke import Smoke
    from promote_tui.core.model.team_rules import Rules
    from promote_tui.engine.context import Context

_LOOK_SECONDS = 15.0
"""How often the alarms are looked at: CloudWatch evaluates them no more often than every ten seconds."""
_SLICE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class DeployToProve:
    """A run whose deploy is to be proved.

    `checkout` lends the deployed commit's work tree to nobody else meanwhile; `journal` writes an event; `stop` raises
    Refused where a person wants the run to end.
    """

    run: str
    target: Target
    commit: str
    log: Path
    checkout: Callable[[], AbstractContextManager[Checkout]]
    journal: Callable[[Event], object]
    stop: Callable[[], None]


def prove_deploy(context: Context, proof: DeployToProve, verified: Verified) -> Verified | Failed:
    """Return the verdict after the smoke test and the bake; the given one where there is neither.

    Raises LedgerError where an event cannot be written.
    """
    service, stage = context.pipeline.service(proof.target.service), context.pipeline.stage(proof.target.stage)
    if not needs_proof(service, stage):
        return verified
    smoke, bake = service.smoke, stage.rules.bake_seconds
    proof.journal(DeployCompleted(context.clock.now(), verified.note, smoke is not None, bake))
    smoked, baked, stopped = None, None, ""
    try:
        smoked = _smoke(context, service, smoke, proof) if smoke else None
        baked = _bake(context, stage.rules, proof) if bake and (smoked is None or smoked.passed) else None
    except Refused as refused:
        stopped = refused.cause
    outcome = DeployProof(smoked, baked, stopped)
    return judge_proof(context.clock.now(), verified, outcome, proof.target, proof.commit)


def _smoke(context: Context, service: Service, smoke: Smoke, proof: DeployToProve) -> SmokeTested:
    """Run the smoke test until it passes or its tries are over, and record how it ended."""
    problem, tries = "", 0
    for tries in range(1, smoke.tries + 1):
        if isinstance(smoke, SmokeRequest) and tries > 1:
            _wait(context, smoke.wait, proof)
        proof.stop()
        problem = _tried(context, service, smoke, proof)
        if not problem:
            break
    ended = smoke_tested(context.clock.now(), smoke, problem, tries)
    proof.journal(ended)
    return ended


def _tried(context: Context, service: Service, smoke: Smoke, proof: DeployToProve) -> str:
    """Try once and return what is wrong; a stop by a person passes through."""
    try:
        outputs = _outputs(context, proof.target)
        if isinstance(smoke, SmokeCommand):
            return _command(context, service, smoke, proof, outputs)
        url = interpolate(smoke.url, outputs)
        problem = check(smoke, context.ports.web.get(url, smoke.timeout))
    except Refused:
        raise
    except PromoteError as error:
        return error.cause if isinstance(smoke, SmokeCommand) else f"{error.subject}: {error.cause}"
    return f"{url}: {problem}" if problem else ""


def _outputs(context: Context, target: Target) -> Mapping[str, str]:
    stack = context.stacks.stack(target)
    return dict(stack.outputs) if stack else {}


def _command(
    context: Context, service: Service, smoke: SmokeCommand, proof: DeployToProve, outputs: Mapping[str, str]
) -> str:
    argv = [interpolate(word, outputs) for word in smoke.argv]
    told = {
        "SERVICE": service.name,
        "STAGE": proof.target.stage,
        "COMMIT": proof.commit,
        "REGION": proof.target.aws.region,
    }
    extra = {f"PROMOTE_TUI_{name}": value for name, value in told.items()}
    with proof.checkout() as checkout:
        resolved = resolve_service(context, service, proof.target.stage)
        command = ProjectCommand(resolved, proof.target.stage, argv, checkout, proof.log, extra)
        context.checkouts.run(command, proof.stop)
    return ""


def _bake(context: Context, rules: Rules, proof: DeployToProve) -> AlarmWatchEnded:
    """Watch the alarms until the bake has ended, and record how it did."""
    begun = context.clock.monotonic()
    while True:
        found = alarms_of(context, proof.target, rules.alarms)
        gone = context.clock.monotonic() - begun
        ended = bake_ended(context.clock.now(), rules, found, gone)
        if ended is not None:
            proof.journal(ended)
            return ended
        _wait(context, min(_LOOK_SECONDS, rules.bake_seconds - gone), proof)


def _wait(context: Context, seconds: float, proof: DeployToProve) -> None:
    until = context.clock.monotonic() + seconds
    while (left := until - context.clock.monotonic()) > 0:
        proof.stop()
        context.clock.sleep(min(left, _SLICE_SECONDS))
