"""A veto, a hold and a soak, the minute before and after, each with its reason and its next step."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates import stops
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, Verification, VerifiedBy
from promote_tui.core.value import replace
from tests.support.gates import HOUR, MINUTE, RULES, blocked, context, decision, one, passes
from tests.support.values import NOW, A

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.model import GateResult

SOAK = Rules(soak=4 * 3600)
ALMOST = blocked(
    "soak",
    "verified 3h 59m ago; 4h required, passes Fri 20 Mar 12:01 UTC",
    "wait 1m",
    opens_at=NOW + MINUTE,
    opened_by="time",
)
LONG_ENOUGH = passes("soak", "verified 4h ago; 4h required")
NOT_KNOWN = blocked(
    "soak", "unknown when it was verified in the stage before; 4h required", "promote it to the stage before again"
)


@pytest.mark.parametrize(
    ("verified", "says"),
    [
        (VerifiedBy("k3", A, NOW - 4 * HOUR + MINUTE), ALMOST),
        (VerifiedBy("k3", A, NOW - 4 * HOUR), LONG_ENOUGH),
        (ObservedDeploy(A, NOW - 4 * HOUR + MINUTE), ALMOST),
        (ObservedDeploy(A, NOW - 4 * HOUR), LONG_ENOUGH),
        (ObservedDeploy(A, None), NOT_KNOWN),
        (NotVerified("never"), NOT_KNOWN),
        (None, passes("soak", "there is no stage before this one")),
    ],
)
def test_soak_passes_to_the_minute_where_its_beginning_is_known(
    verified: Verification | None, says: GateResult
) -> None:
    assert stops.SoakGate().check(context(SOAK, verification=verified)) == says


def at(text: str) -> datetime:
    """A moment in UTC, written as 2026-11-27 16:55."""
    return datetime.fromisoformat(f"{text}+00:00")


HOLD = decision("hold", "ben", reason="incident 42", commit=None, expires_at=NOW + MINUTE)
SINCE = "on hold by ben since Fri 20 Mar 11:00 UTC"
UNHOLD = "promote-tui unhold orders prod --reason WHY"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            [HOLD],
            blocked(
                "hold",
                f"{SINCE}, until Fri 20 Mar 12:01 UTC: incident 42",
                UNHOLD,
                step=NextStep("lift"),
                opens_at=NOW + MINUTE,
            ),
        ),
        ([replace(HOLD, expires_at=None, reason="")], blocked("hold", SINCE, UNHOLD, step=NextStep("lift"))),
        ([replace(HOLD, expires_at=NOW)], None),
        ([HOLD, decision("unhold", "eve", commit=None)], None),
        ([HOLD, decision("unhold", "eve", commit=None, stage=None)], None),
        ([replace(HOLD, stage="dev")], None),
        (
            [
                replace(HOLD, who="eve"),
                decision("unhold", "eve", commit=None),
                decision("unhold", "eve", stage="dev"),
                replace(HOLD, expires_at=None, stage=None),
                decision("unhold", "eve", stage="dev"),
            ],
            blocked("hold", f"{SINCE}: incident 42", UNHOLD, step=NextStep("lift")),
        ),
    ],
)
def test_a_hold_stands_until_it_is_lifted_or_over(given: list[Decision], says: GateResult | None) -> None:
    assert stops.HoldGate().check(context(RULES, *given)) == says


@pytest.mark.parametrize(("reason", "because"), [("loses money", ": loses money"), ("", "")])
@pytest.mark.usefixtures("far_from_utc")
def test_a_veto_is_for_ever_and_told_by_the_clock_of_utc(reason: str, because: str) -> None:
    veto = decision("veto", "ben", reason=reason, stage=None, at=at("2025-01-31 01:00"))
    found = one(stops.VetoGate().check(context(RULES, veto, decision("unhold", "eve", commit=None))))
    assert found == blocked(
        "veto",
        f"ben vetoed it on 2025-01-31{because}",
        "promote another commit: a veto is permanent",
        step=NextStep("choose"),
        opened_by="another commit",
    )
