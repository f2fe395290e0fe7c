"""What a smoke test and a bake come to, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.alarms import Alarm
from promote_tui.core.model.smoke import SmokeCommand, SmokeRequest
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.runs.events import AlarmWatchEnded, Failed, SmokeTested, Verified
from promote_tui.core.runs.proof import DeployProof, bake_ended, judge_proof, needs_proof, smoke_tested
from promote_tui.core.value import replace
from tests.support.fakes.world import service
from tests.support.values import NOW, STAGING, TARGET, B

if TYPE_CHECKING:
    from promote_tui.core.model.smoke import Smoke

ORDERS = service("orders")
REQUEST, COMMAND = SmokeRequest("https://orders.example/health", status=204), SmokeCommand(("npm", "test"))
ALARMS = Rules(alarms=("errors", "latency"), bake=600.0)
WELL, GONE_OFF = (Alarm("errors", "OK"), Alarm("latency", "OK")), (Alarm("errors", "ALARM"), Alarm("latency", "OK"))
NO_DATA = (Alarm("errors", "OK"), Alarm("latency", "INSUFFICIENT_DATA"))


@pytest.mark.parametrize(
    ("smoke", "rules", "needed"),
    [
        (None, Rules(), False),
        (None, Rules(bake=600.0), False),
        (None, Rules(alarms=("errors",)), False),
        (None, ALARMS, True),
        (None, replace(ALARMS, bake=1.0), True),
        (REQUEST, Rules(), True),
        (COMMAND, Rules(bake=600.0), True),
    ],
)
def test_a_smoke_test_or_alarms_that_are_watched_for_a_time_are_a_proof(
    smoke: Smoke | None, rules: Rules, needed: bool
) -> None:
    assert needs_proof(replace(ORDERS, smoke=smoke), replace(STAGING, rules=rules)) is needed


@pytest.mark.parametrize(
    ("smoke", "problem", "tries", "recorded"),
    [
        (REQUEST, "", 1, SmokeTested(NOW, True, "204", 1)),
        (COMMAND, "", 1, SmokeTested(NOW, True, "it passed", 1)),
        (REQUEST, "it answered 500", 3, SmokeTested(NOW, False, "it answered 500", 3)),
        (COMMAND, "npm ended with exit code 1", 1, SmokeTested(NOW, False, "npm ended with exit code 1", 1)),
    ],
)
def test_a_smoke_test_passed_where_nothing_was_wrong_in_its_last_try(
    smoke: Smoke, problem: str, tries: int, recorded: SmokeTested
) -> None:
    assert smoke_tested(NOW, smoke, problem, tries) == recorded


@pytest.mark.parametrize(
    ("found", "seconds", "ended"),
    [
        (WELL, 599.0, None),
        (WELL, 600.0, (True, "errors, latency stayed OK for 10m")),
        (NO_DATA, 599.0, None),
        (NO_DATA, 600.0, (False, "latency is INSUFFICIENT_DATA")),
        (WELL[:1], 599.0, None),
        (WELL[:1], 600.0, (False, "latency cannot be read: was not read")),
        (GONE_OFF, 0.0, (False, "errors is ALARM")),
        (GONE_OFF, 600.0, (False, "errors is ALARM")),
        (GONE_OFF[:1], 600.0, (False, "errors is ALARM; latency cannot be read: was not read")),
    ],
)
def test_a_bake_ends_with_its_time_or_with_the_first_alarm_that_goes_off(
    found: tuple[Alarm, ...], seconds: float, ended: tuple[bool, str] | None
) -> None:
    recorded = AlarmWatchEnded(NOW, *ended, seconds) if ended else None
    assert bake_ended(NOW, ALARMS, found, seconds) == recorded


PASSED, BAKED = SmokeTested(NOW, True, "204"), AlarmWatchEnded(NOW, True, "errors stayed OK for 10m", 600.0)
FAILED, OFF = SmokeTested(NOW, False, "it answered 500", 3), AlarmWatchEnded(NOW, False, "errors is ALARM", 120.0)


@pytest.mark.parametrize(
    ("smoked", "baked", "stopped", "cause"),
    [
        (PASSED, BAKED, "", ""),
        (PASSED, None, "", ""),
        (None, BAKED, "", ""),
        (FAILED, None, "", "the smoke test failed (3 tries): it answered 500"),
        (replace(FAILED, tries=2), None, "", "the smoke test failed (2 tries): it answered 500"),
        (replace(FAILED, tries=1), None, "", "the smoke test failed: it answered 500"),
        (PASSED, OFF, "", "an alarm went off during the bake, after 2m: errors is ALARM"),
        (None, None, "ana cancelled it", "ana cancelled it"),
        (PASSED, None, "ana cancelled it", "ana cancelled it"),
    ],
)
def test_only_a_proof_that_was_not_stopped_and_did_not_fail_is_one(
    smoked: SmokeTested | None, baked: AlarmWatchEnded | None, stopped: str, cause: str
) -> None:
    proof = DeployProof(smoked, baked, stopped)
    verdict = judge_proof(NOW, Verified(NOW, "confirmed after a crash"), proof, TARGET, B)
    if not cause:
        assert verdict == Verified(NOW, "confirmed after a crash")
    else:
        assert verdict == Failed(NOW, cause, B, "promote-tui rollback orders --stage staging", deployed=True)
