"""The proof of a deploy: what its smoke test and its bake come to.

What fails here runs in the stage all the same: the verdict says so, and the code does not count as verified.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.model.alarms import unhealthy_alarms
from promote_tui.core.model.smoke import SmokeCommand
from promote_tui.core.runs.events import AlarmWatchEnded, Failed, SmokeTested, Verified
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from promote_tui.core.model.alarms import Alarm
    from promote_tui.core.model.pipeline import Service, Stage, Target
    from promote_tui.core.model.smoke import Smoke
    from promote_tui.core.model.team_rules import Rules


class DeployProof(Value):
    """How a smoke test and a bake ended, as far as there were any; `stopped` says why a person ended them."""

    smoke_test: SmokeTested | None = None
    alarm_watch: AlarmWatchEnded | None = None
    stopped: str = ""

    @property
    def failure(self) -> str:
        """Why the deploy is not proved; empty where it is."""
        return self.stopped or _smoke_failure(self.smoke_test) or _bake_failure(self.alarm_watch)


def needs_proof(service: Service, stage: Stage) -> bool:
    """Tell whether a deploy is followed by a smoke test or a bake."""
    return service.smoke is not None or stage.rules.bake_seconds > 0


def smoke_tested(at: datetime, smoke: Smoke, problem: str, tries: int) -> SmokeTested:
    """Return what is recorded of a smoke test; `problem` is what was wrong in its last try, empty where nothing was."""
    passed = "it passed" if isinstance(smoke, SmokeCommand) else f"{smoke.status}"
    return SmokeTested(at, not problem, problem or passed, tries)


def bake_ended(at: datetime, rules: Rules, found: tuple[Alarm, ...], seconds: float) -> AlarmWatchEnded | None:
    """Return what is recorded of a bake that has ended after so many seconds; None where it goes on.

    An alarm that goes off ends it at once; one that cannot be read, or has no data, may become well until the end.
    """
    over = seconds >= rules.bake_seconds
    problems = unhealthy_alarms(rules.alarms, found, fatal=not over)
    if not problems and not over:
        return None
    well = f"{', '.join(rules.alarms)} stayed OK for {span(timedelta(seconds=rules.bake_seconds))}"
    return AlarmWatchEnded(at, not problems, "; ".join(problems) or well, seconds)


def judge_proof(at: datetime, deployed: Verified, proof: DeployProof, target: Target, commit: str) -> Verified | Failed:
    """Return the verdict on a commit that is deployed, by its proof."""
    if not proof.failure:
        return Verified(at, deployed.note)
    remedy = f"promote-tui rollback {target.service} --stage {target.stage}"
    return Failed(at, proof.failure, commit, remedy, deployed=True)


def _smoke_failure(smoked: SmokeTested | None) -> str:
    if smoked is None or smoked.passed:
        return ""
    tries = f" ({smoked.tries} tries)" if smoked.tries > 1 else ""
    return f"the smoke test failed{tries}: {smoked.reason}"


def _bake_failure(baked: AlarmWatchEnded | None) -> str:
    if baked is None or baked.passed:
        return ""
    return f"an alarm went off during the bake, after {span(timedelta(seconds=baked.seconds))}: {baked.reason}"
