"""How a commit came to a stage, in sentences: who, when, approved by whom, passed over, proved how, what followed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.history.provenance import Provenance, ProvenanceFacts, trace_provenance
from promote_tui.core.history.sentences import describe_provenance
from promote_tui.core.model.cells import Deployed, InProgress, Never, StackState, Unreachable, Unreported
from promote_tui.core.model.stack_status import status
from promote_tui.core.runs.events import (
    AlarmWatchEnded,
    Checked,
    DeployCompleted,
    Event,
    Failed,
    GateRecord,
    NotSubmitted,
    Observed,
    OverrideRecord,
    RolledBack,
    SmokeTested,
    Verified,
)
from promote_tui.core.runs.fold import fold
from promote_tui.core.runs.stack_record import read_stack_record
from promote_tui.core.value import replace
from tests.support.values import ACCOUNT, NOW, STACK_ID, TARGET, A, B, C, planned

if TYPE_CHECKING:
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.runs.run import Run
    from tests.support.aliases import Argument

HOUR = timedelta(hours=1)
LATER = NOW + 9 * HOUR
WHEN = "2026-03-20 12:00 UTC"
RUNS = f'By the record, orders/staging runs bbbbbbb "Retry refunds on 409", since {WHEN}.'
BROUGHT = f"ana promoted it from aaaaaaa on {WHEN}, in run g1."
NO_APPROVAL = "No approval was asked for."
PLAN = "Its plan has the fingerprint ffffffffffff."
NO_PROOF = "Proof: no smoke test and no bake are on record."


def run(*events: Event, to: str = B, run_id: str = "g1", hours: float = 0, **changed: Argument) -> Run:
    found = fold((planned(to, run=run_id, at=NOW + hours * HOUR, **changed), *events))
    assert found is not None
    return found


def decided(kind: DecisionKind, who: str, hours: float, **changed: Argument) -> Decision:
    at, arn = NOW + hours * HOUR, f"arn:aws:iam::{ACCOUNT}:user/{who}"
    return replace(Decision(at, kind, "orders", "staging", B, who, arn), **changed)


def trace(
    *runs: Run, since: tuple[Run, ...] = (), decisions: tuple[Decision, ...] = (), is_now: bool = True
) -> Provenance:
    """What is told of these runs, newest first."""
    facts = ProvenanceFacts(TARGET, LATER, read_stack_record(runs), is_now, runs, since, decisions)
    return trace_provenance(facts, lambda one, other: one == other or {one, other} == {B, C})


def told(
    *runs: Run, since: tuple[Run, ...] = (), decisions: tuple[Decision, ...] = (), is_now: bool = True
) -> list[str]:
    return [*describe_provenance(trace(*runs, since=since, decisions=decisions, is_now=is_now))]


PLAIN = run(Verified(NOW))


def test_a_plain_promotion_is_told_in_five_sentences() -> None:
    assert told(PLAIN) == [RUNS, BROUGHT, NO_APPROVAL, PLAN, NO_PROOF]


def test_the_release_that_it_was_part_of_is_named() -> None:
    assert told(run(Verified(NOW), release="2026-11-30"))[2] == "It was part of release 2026-11-30."


def test_a_past_moment_is_named() -> None:
    ran = f'By the record, orders/staging ran bbbbbbb "Retry refunds on 409" at 2026-03-20 21:00 UTC, since {WHEN}.'
    assert told(PLAIN, is_now=False)[0] == ran


ACTS = [
    (
        run(Verified(NOW), reason="weekly release"),
        f"ana promoted it from aaaaaaa on {WHEN}, in run g1: weekly release.",
    ),
    (run(Verified(NOW), from_commit=None, stack_id=None), f"ana promoted it, the first there on {WHEN}, in run g1."),
    (run(Verified(NOW), from_commit=""), f"ana promoted it from a stack that named no commit on {WHEN}, in run g1."),
    (run(Verified(NOW), from_commit=B), f"ana deployed bbbbbbb again on {WHEN}, in run g1."),
    (
        run(Verified(NOW), kind="rollback", reason="errors"),
        f"ana rolled back to it from aaaaaaa on {WHEN}, in run g1: errors.",
    ),
    (
        run(Verified(NOW), kind="adopted", reason="deployed by hand"),
        f"ana adopted it, on the word of ana on {WHEN}, in run g1: deployed by hand.",
    ),
    (run(Verified(NOW), kind="foreign"), f"ana brought it outside of promote-tui on {WHEN}, in run g1."),
]


@pytest.mark.parametrize(("brought", "says"), ACTS, ids=[says for _, says in ACTS])
def test_who_brought_it_from_where_and_why(brought: Run, says: str) -> None:
    assert told(brought)[1] == says


def test_what_nobody_has_approved_or_planned_is_not_told_of_an_external_update_and_an_adoption() -> None:
    approved = decided("approve", "bob", -1)
    for kind in ("foreign", "adopted"):
        brought = run(Verified(NOW), kind=kind, fingerprint="")
        assert len(told(brought, decisions=(approved,))) == 2
        assert trace(brought, decisions=(approved,)).approvals == ()


def test_an_adoption_names_the_update_that_it_stands_on() -> None:
    foreign = run(Verified(NOW - HOUR), kind="foreign", run_id="f1", hours=-1, to="", who="joe")
    adopted = run(Verified(NOW), kind="adopted", fingerprint="")
    says = "Before that, joe updated the stack outside of promote-tui on 2026-03-20 11:00 UTC (run f1)."
    assert told(adopted, foreign)[2] == says
    assert trace(adopted, run(Verified(NOW), run_id="g0", hours=-1)).origin is None


def gates(*records: GateRecord) -> Checked:
    return Checked(NOW, "f" * 64, records)


def test_a_hotfix_names_what_it_skipped_in_the_words_of_its_record() -> None:
    skipped = GateRecord("stage order", passed=True, reason="a hotfix that skips qa; verified in dev by run d1")
    found = told(run(gates(skipped), Verified(NOW), kind="hotfix"))
    assert found[2] == "It was a hotfix that skips qa; verified in dev by run d1."
    straight = GateRecord("stage order", passed=True, reason="verified in dev by run d1")
    assert told(run(gates(straight), Verified(NOW), kind="hotfix"))[2] == "It was a hotfix that skipped no stage."


def test_break_glass_is_told() -> None:
    glass = GateRecord("break glass", passed=True, reason="the team's ledger is out of reach")
    brought = run(gates(glass), Verified(NOW), kind="rollback")
    assert trace(brought).is_break_glass
    assert told(brought)[2] == "It was rolled back with --break-glass: locks, holds and vetoes of others were unknown."
    assert not trace(PLAIN).is_break_glass


def test_approvals_ticks_and_checks_count_as_they_stood_when_the_run_began() -> None:
    made = (
        decided("approve", "bob", -3, reason="tried it"),
        decided("approve", "eve", -3),
        decided("withdraw", "eve", -2),
        decided("approve", "ana", -2),
        decided("approve", "joe", -2, commit=C),
        decided("approve", "kim", -2, commit=A),
        decided("approve", "lea", 1),
        decided("check", "bob", -1, item="QA signed off", evidence="ticket 42"),
        decided("check", "bob", -1, item="Seen", on_behalf="the client", reason="call"),
        decided("tested", "bob", -1, item="npm test"),
    )
    assert told(PLAIN, decisions=made)[2:7] == [
        "bob approved it on 2026-03-20 09:00 UTC: tried it.",
        "joe approved it on 2026-03-20 10:00 UTC.",
        '"QA signed off" was ticked by bob on 2026-03-20 11:00 UTC: ticket 42.',
        '"Seen" was ticked by the client, reported by bob on 2026-03-20 11:00 UTC: call.',
        "npm test passed on it on 2026-03-20 11:00 UTC.",
    ]


def test_an_approval_that_the_decisions_do_not_show_is_told_from_the_runs_record() -> None:
    asked = GateRecord("approvals", passed=True, reason="bob approved it")
    assert told(run(gates(asked), Verified(NOW)))[2] == "Of approvals its record says: bob approved it."


def test_overridden_gates_are_told_with_their_reasons() -> None:
    brought = run(Verified(NOW), overrides=(OverrideRecord("freeze", "incident 42"), OverrideRecord("soak", "urgent")))
    assert told(brought)[3:5] == [
        "The gate freeze was overridden: incident 42.",
        "The gate soak was overridden: urgent.",
    ]


def test_the_plan_is_told_with_its_policy_and_its_gates() -> None:
    passed, blocked = (GateRecord(name, passed=name == "hold", reason="so") for name in ("hold", "soak"))
    brought = run(gates(passed, blocked), Verified(NOW), policy="origin/main@1a2b3c4")
    rules = "by the rules of origin/main@1a2b3c4; under its lock 1 of 2 gates passed"
    assert f"{PLAN[:-1]}, {rules}." in told(brought)


PROOFS = [
    (
        (Observed(NOW, STACK_ID, "UPDATE_COMPLETE", B, "e9"), DeployCompleted(NOW, smoke=True, bake=600)),
        (SmokeTested(NOW, passed=True, reason="200", tries=3), AlarmWatchEnded(NOW, passed=True, reason="OK for 10m")),
        (Verified(NOW),),
        [
            (
                "Proof: the stack was UPDATE_COMPLETE and named bbbbbbb; the smoke test passed (3 tries): 200; "
                "the bake passed: OK for 10m."
            )
        ],
    ),
    (
        (DeployCompleted(NOW, smoke=True),),
        (SmokeTested(NOW, passed=False, reason="503"),),
        (Failed(NOW, "the smoke test failed: 503", B, deployed=True),),
        ["Proof: the smoke test failed: 503.", "It was not proved: the smoke test failed: 503."],
    ),
    ((DeployCompleted(NOW, smoke=True),), (), (), [NO_PROOF, "It has not been proved yet."]),
]


@pytest.mark.parametrize(("deployed", "proved", "ended", "says"), PROOFS)
def test_the_proof_is_told_as_far_as_it_went(
    deployed: tuple[Event, ...], proved: tuple[Event, ...], ended: tuple[Event, ...], says: list[str]
) -> None:
    assert told(run(*deployed, *proved, *ended))[4:] == says


def test_what_happened_since_is_told_up_to_what_replaced_it() -> None:
    tried = run(RolledBack(NOW, "OrdersTable", B), to=C, run_id="g2", hours=1, who="joe")
    again = run(Verified(NOW), run_id="g3", hours=2, from_commit=B, who="joe")
    said = run(Verified(NOW), run_id="g4", hours=3, kind="adopted", who="bob", reason="it is ours")
    back = run(Verified(NOW + 4 * HOUR), to=A, run_id="g5", hours=4, kind="rollback", who="bob", reason="errors")
    after = run(Verified(NOW), to=C, run_id="g6", hours=5)
    made = (
        decided("hold", "bob", 3.5, commit=None, reason="incident 42", expires_at=NOW + 30 * HOUR),
        decided("unhold", "eve", 3.6, commit=None, reason="over"),
        decided("hold", "eve", 4.5, commit=None),
        decided("veto", "eve", 6, stage=None, reason="loses orders"),
        decided("veto", "eve", 6, stage=None, commit=A),
    )
    assert told(PLAIN, since=(PLAIN, tried, again, said, back, after), decisions=made)[5:] == [
        "joe tried ccccccc, which did not replace it, on 2026-03-20 13:00 UTC (run g2): OrdersTable.",
        "joe deployed bbbbbbb again on 2026-03-20 14:00 UTC (run g3).",
        "bob adopted bbbbbbb on 2026-03-20 15:00 UTC (run g4): it is ours.",
        "bob put the stage on hold on 2026-03-20 15:30 UTC, until 2026-03-21 18:00 UTC: incident 42.",
        "eve lifted the hold on 2026-03-20 15:36 UTC: over.",
        "bob rolled back to aaaaaaa on 2026-03-20 16:00 UTC (run g5): errors.",
        "eve vetoed the commit on 2026-03-20 18:00 UTC: loses orders.",
    ]


NEXT = [
    (run(run_id="g2", hours=1), "running", "ana began to deploy bbbbbbb, which has not ended,"),
    (
        run(NotSubmitted(NOW, "stale"), run_id="g2", hours=1),
        "attempted",
        "ana tried bbbbbbb, which did not replace it,",
    ),
    (run(Verified(NOW), to=C, run_id="g2", hours=1), "replaced", "ana replaced it by ccccccc"),
    (
        run(Verified(NOW), to="", run_id="g2", hours=1, kind="foreign"),
        "external",
        "ana brought a commit that the stack does not name outside of promote-tui",
    ),
]


@pytest.mark.parametrize(("later", "kind", "says"), NEXT, ids=[kind for _, kind, _ in NEXT])
def test_each_kind_of_later_run_has_its_words(later: Run, kind: str, says: str) -> None:
    (event,) = trace(PLAIN, since=(later,)).later
    assert event.kind == kind
    assert told(PLAIN, since=(later,))[5].startswith(says)


UNKNOWN = [
    ((), "It is unknown what runs in orders/staging: no run of it is on record."),
    (
        (run(NotSubmitted(NOW, "stale"), from_commit=None, stack_id=None),),
        "By the record, nothing runs in orders/staging.",
    ),
    (
        (run(NotSubmitted(NOW, "stale")),),
        (
            "By the record, orders/staging runs aaaaaaa; no run on record brought it there: "
            f"run g1 found aaaaaaa there on {WHEN}."
        ),
    ),
]


NO_RECORD = "no run of it is on record"
STACK = StackState(STACK_ID, "orders-staging", status("UPDATE_COMPLETE"), "UPDATE_COMPLETE", B, NOW)
BY_STACK = [
    (
        Deployed(TARGET, STACK, B),
        f"By its stack, orders/staging runs bbbbbbb; how it came there is unknown: {NO_RECORD}.",
    ),
    (Never(TARGET), f"By its stack, nothing runs in orders/staging; {NO_RECORD}."),
    (
        InProgress(TARGET, STACK, B),
        f"By its stack, which is being updated, orders/staging ran bbbbbbb; how it came there is unknown: {NO_RECORD}.",
    ),
    (
        InProgress(TARGET, replace(STACK, status_name="UPDATE_IN_PROGRESS"), None),
        (
            f"It is unknown what runs in orders/staging: {NO_RECORD}, and the stack is UPDATE_IN_PROGRESS and names no"
            " commit."
        ),
    ),
    (
        Unreported(TARGET, STACK, "no output names a commit", "promote once"),
        f"It is unknown what runs in orders/staging: {NO_RECORD}, and no output names a commit.",
    ),
    (
        Unreachable(TARGET, "the session has expired", "aws sso login"),
        f"It is unknown what runs in orders/staging: {NO_RECORD}, and the session has expired.",
    ),
]


@pytest.mark.parametrize(("cell", "says"), BY_STACK, ids=[says for _, says in BY_STACK])
def test_what_no_record_knows_its_stack_says(cell: Cell, says: str) -> None:
    found = trace()
    assert found.is_told_by_stack
    assert describe_provenance(replace(found, cell=cell)) == (says,)


def test_a_stack_is_not_asked_for_what_the_record_knows_nor_for_the_past() -> None:
    assert not trace(PLAIN).is_told_by_stack
    assert not trace(run(NotSubmitted(NOW, "stale"), from_commit=None, stack_id=None)).is_told_by_stack
    assert not trace(is_now=False).is_told_by_stack


@pytest.mark.parametrize(("runs", "says"), UNKNOWN, ids=[says for _, says in UNKNOWN])
def test_what_is_unknown_is_said_as_unknown(runs: tuple[Run, ...], says: str) -> None:
    assert told(*runs) == [says]
