"""The matrix of a past moment, from runs and decisions alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.history.past_matrix import RULES_NOTE, UNKNOWN_NOTE, PastCell, PastFacts, PastMatrix, past_matrix
from promote_tui.core.model.team_rules import NONE, Approvals, Dates, Rules
from promote_tui.core.runs.events import DeployCompleted, Event, Failed, GateRecord, NotSubmitted, Planned, Verified
from promote_tui.core.runs.fold import fold
from promote_tui.core.value import replace
from tests.support.fakes import world
from tests.support.values import DEPLOYER, A, B

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.runs.run import Run
    from tests.support.aliases import Argument

AT, HOUR = world.NOW, timedelta(hours=1)
RULES = Rules(
    soak=4 * 3600.0,
    approvals=Approvals(1),
    checks=(("npm", "test"),),
    checklist=("Seen",),
    freeze=(Dates("2026-01-31", "2026-02-01", "UTC", "month end"),),
    alarms=("orders-errors",),
)


def pipeline(rules: Rules) -> Pipeline:
    found = world.pipeline("orders")
    return replace(found, stages=(*found.stages[:2], replace(found.stages[2], rules=rules)))


def run(stage: str, to: str, hours: float, *events: Event, before: str | None = None, run_id: str = "g1") -> Run:
    """A run that began some hours before the moment."""
    target = world.target("orders", stage)
    first = Planned(
        AT - hours * HOUR, run_id, "normal", "orders", stage, target.key, before, to, "Change", None, None, None, "f",
        "c", "ana", "arn:aws:iam::1:user/ana",
    )  # fmt: skip
    found = fold((first, *(events or (Verified(AT - hours * HOUR),))))
    assert found is not None
    return found


def decided(
    kind: DecisionKind, hours: float, stage: str | None = "prod", commit: str | None = A, **changed: Argument
) -> Decision:
    made = Decision(AT - hours * HOUR, kind, "orders", stage, commit, "bob", "arn:aws:iam::1:user/bob", "why")
    return replace(made, **changed)


def matrix(
    *runs: Run, decisions: tuple[Decision, ...] = (), rules: Rules = NONE, firsts: tuple[Run, ...] = ()
) -> PastMatrix:
    by_key = {one.planned.key: tuple(each for each in runs if each.planned.key == one.planned.key) for one in runs}
    facts = PastFacts(AT, by_key, {one.planned.key: one for one in firsts}, {"orders": decisions})
    found = pipeline(rules)
    return past_matrix(found, found.services, facts, DEPLOYER)


def prod(found: PastMatrix) -> PastCell:
    return found.cells["orders", "prod"]


def gates(cell: PastCell) -> dict[str, tuple[bool, str]]:
    return {gate.name: (gate.passed, gate.reason) for gate in cell.gates}


def test_a_cell_tells_what_ran_there_and_whether_it_was_verified() -> None:
    brought = run("prod", A, 30)
    cell = prod(matrix(brought))
    assert (cell.record.commit, cell.record.brought, cell.is_verified) == (A, brought, True)
    unproved = run("prod", A, 3, DeployCompleted(AT, smoke=True), Failed(AT, "the smoke test failed", A))
    assert not prod(matrix(unproved)).is_verified
    assert not prod(matrix(run("prod", B, 1, NotSubmitted(AT, "stale"), before=A))).is_verified


def test_what_the_record_cannot_know_is_said() -> None:
    found = matrix(firsts=(run("prod", B, -2, before=A),))
    assert prod(found).record.unknown == "no record before 2026-01-31 14:00 UTC, when run g1 found aaaaaaa there"
    assert found.cells["orders", "dev"].record.unknown == "no run of it is on record"
    assert prod(found).verification is None
    assert found.gaps == (RULES_NOTE, UNKNOWN_NOTE)


def test_a_hold_stands_as_it_stood_then() -> None:
    hold, lift = decided("hold", 3, commit=None), decided("unhold", -1, commit=None)
    assert prod(matrix(decisions=(hold, lift))).hold == hold
    assert matrix(decisions=(hold,)).cells["orders", "staging"].hold is None
    assert prod(matrix(decisions=(hold, replace(lift, at=AT - HOUR)))).hold is None
    assert prod(matrix(decisions=(replace(hold, expires_at=AT - HOUR),))).hold is None
    assert prod(matrix(decisions=(replace(hold, at=AT + HOUR),))).hold is None


def test_a_veto_is_on_the_commit_that_ran() -> None:
    veto = decided("veto", 2, None)
    assert prod(matrix(run("prod", A, 30), decisions=(veto,))).veto == veto
    assert prod(matrix(run("prod", B, 30), decisions=(veto,))).veto is None
    assert prod(matrix(run("prod", A, 30), decisions=(replace(veto, at=AT + HOUR),))).veto is None


def test_the_candidate_is_what_the_stage_before_ran_where_this_one_did_not() -> None:
    staged = run("staging", A, 3)
    assert prod(matrix(staged, run("prod", B, 30))).candidate == A
    assert prod(matrix(staged, run("prod", A, 30))).candidate == ""
    assert prod(matrix(run("prod", B, 30))).candidate == ""
    assert matrix(staged).cells["orders", "dev"].candidate == ""


def test_gates_say_what_decisions_and_the_clock_said_then() -> None:
    made = (
        decided("approve", 2),
        decided("approve", -2, who="eve", arn="arn:aws:iam::1:user/eve"),
        decided("check", -1, item="Seen"),
        decided("tested", 1, item="npm test"),
    )
    found = gates(prod(matrix(run("staging", A, 3), run("prod", B, 30), decisions=made, rules=RULES)))
    assert found == {
        "soak": (False, "verified 3h ago; 4h required, passes Sat 31 Jan 13:00 UTC"),
        "freeze": (False, "month end, until Mon 2 Feb 00:00 UTC"),
        "checks": (True, "passed: npm test"),
        "checklist": (False, "0 of 1 item ticked; missing: Seen"),
        "approvals": (True, "bob approved it"),
    }


def test_without_a_commit_to_come_only_what_stops_every_commit_is_told() -> None:
    found = gates(prod(matrix(decisions=(decided("hold", 1, commit=None), decided("approve", 2)), rules=RULES)))
    assert [*found] == ["hold", "freeze"]


def test_a_veto_on_what_could_come_is_a_blocked_gate() -> None:
    found = prod(matrix(run("staging", A, 3), decisions=(decided("veto", 1, None),)))
    assert found.gates == (GateRecord("veto", passed=False, reason="bob vetoed it on 2026-01-31: why"),)
