"""After the deploy: the smoke test, and the alarms for as long as the stage bakes.

What fails here runs in the stage all the same: the run says so, and the code does not count as verified.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.errors import PromoteError, Refused
from promote_tui.core.gates.sign_off import unhealthy_alarms
from promote_tui.core.model.pipeline import Target
from promote_tui.core.model.smoke import SmokeCommand, SmokeRequest, check, interpolate
from promote_tui.core.package.package import Checkout
from promote_tui.core.runs.events import AlarmWatchEnded, DeployCompleted, Event, Failed, SmokeTested, Verified
from promote_tui.engine.planning.gates import alarms_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.core.model.smoke import Smoke
    from promote_tui.engine.context import Context

_LOOK_SECONDS = 15.0
"""How often the alarms are looked at: CloudWatch evaluates them no more often than every ten seconds."""
_SLICE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class DeployToVerify:
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


def verify_deploy(context: Context, proof: DeployToVerify, verified: Verified) -> Verified | Failed:
    """Return the verdict that follows from the smoke test and the bake; without either the one that was given.

    Raises LedgerError where an event cannot be written.
    """
    service, stage = context.pipeline.service(proof.target.service), context.pipeline.stage(proof.target.stage)
    bake = stage.rules.bake if stage.rules.alarms else 0.0
    if service.smoke is None and not bake:
        return verified
    proof.journal(DeployCompleted(context.clock.now(), verified.note, service.smoke is not None, bake))
    try:
        cause = _smoke(context, service, proof) or (_bake(context, stage, proof) if bake else "")
    except Refused as stopped:
        cause = stopped.cause
    if not cause:
        return Verified(context.clock.now(), verified.note)
    remedy = f"promote-tui rollback {service.name} --stage {stage.name}"
    return Failed(context.clock.now(), cause, proof.commit, remedy, deployed=True)


def _smoke(context: Context, service: Service, proof: DeployToVerify) -> str:
    """Run the smoke test and return why it failed; empty where it passed, or there is none."""
    if service.smoke is None:
        return ""
    problem, tries = "", 0
    for tries in range(1, _tries(service.smoke) + 1):
        proof.stop()
        problem = _tried(context, service, service.smoke, proof)
        if not problem:
            break
        if isinstance(service.smoke, SmokeRequest) and tries < _tries(service.smoke):
            _wait(context, service.smoke.wait, proof)
    said = problem or ("it passed" if isinstance(service.smoke, SmokeCommand) else f"{service.smoke.status}")
    proof.journal(SmokeTested(context.clock.now(), not problem, said, tries))
    again = f" ({tries} tries)" if tries > 1 else ""
    return f"the smoke test failed{again}: {problem}" if problem else ""


def _tries(smoke: Smoke) -> int:
    return 1 + smoke.retries if isinstance(smoke, SmokeRequest) else 1


def _tried(context: Context, service: Service, smoke: Smoke, proof: DeployToVerify) -> str:
    """Try once and return what is wrong; a stop by a person is no answer of the service's."""
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
    context: Context, service: Service, smoke: SmokeCommand, proof: DeployToVerify, outputs: Mapping[str, str]
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
        context.checkouts.run(service, proof.target.stage, argv, checkout, proof.log, extra=extra, on_poll=proof.stop)
    return ""


def _bake(context: Context, stage: Stage, proof: DeployToVerify) -> str:
    """Watch the alarms and return why the bake failed; empty where they were well to the end.

    One that goes off ends it at once; one that cannot be read, or has no data, may become well until then.
    """
    begun = context.clock.monotonic()
    while True:
        found = alarms_of(context, proof.target, stage.rules.alarms)
        gone = context.clock.monotonic() - begun
        over = gone >= stage.rules.bake
        problems = unhealthy_alarms(stage.rules.alarms, found, fatal=not over)
        if problems or over:
            words = "; ".join(problems)
            told = words or f"{', '.join(stage.rules.alarms)} stayed OK for {span(timedelta(seconds=stage.rules.bake))}"
            proof.journal(AlarmWatchEnded(context.clock.now(), not problems, told, gone))
            return (
                f"an alarm went off during the bake, after {span(timedelta(seconds=gone))}: {words}" if problems else ""
            )
        _wait(context, min(_LOOK_SECONDS, stage.rules.bake - gone), proof)


def _wait(context: Context, seconds: float, proof: DeployToVerify) -> None:
    until = context.clock.monotonic() + seconds
    while (left := until - context.clock.monotonic()) > 0:
        proof.stop()
        context.clock.sleep(min(left, _SLICE_SECONDS))
