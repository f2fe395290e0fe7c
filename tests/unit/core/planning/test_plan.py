"""Plans, their fingerprints, and the one way to an approved plan."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.core.errors import PlanStale, Refused
from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.package.package import Checkout, Package, ResolvedTarget
from promote_tui.core.planning.plan import (
    ApprovedPlan,
    Confirmation,
    Draft,
    Fingerprint,
    Plan,
    approve,
    confirmation_phrase,
)
from promote_tui.core.value import decode, encode, replace
from tests.support.values import ACCOUNT, NOW, STACK_ID, TARGET, A, B, commit, deployed

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Confirm

OPEN = GateResult("branch", passed=True, reason="on main")
SHUT = GateResult("branch", passed=False, reason="on no branch", remedy="merge it first")
REPLACE = Allowance("replace", "Orders")
DATA = replace(SHUT, name="data", reason="Orders would be replaced", missing_allowances=(REPLACE,))
WAITING = replace(SHUT, name="soak", allows_review=True)
SEEN = Fingerprint(
    service="orders",
    stage="staging",
    account=ACCOUNT,
    region="eu-west-1",
    stack_id=STACK_ID,
    deployed=A,
    stack_status="UPDATE_COMPLETE",
    last_event_id="e1",
    commit=B,
    checkout="t1",
    package=(("orders.zip", "1"), ("state.json", "2")),
    config="c1",
    environment=(("PATH", "p1"),),
)


def plan(confirm: Confirm = "ask", *gates: GateResult) -> Plan:
    """A plan with these gates."""
    draft = Draft(TARGET, confirm, commit(), deployed(), commit(A), (commit(),), (), (), ())
    return Plan(
        id="p1",
        draft=draft,
        checkout=Checkout("/c", "/c/orders", B),
        package=Package("/p", SEEN.package, "n", ResolvedTarget("orders", "staging", "eu-west-1", "s"), True),
        fingerprint=SEEN,
        salt="s",
        gates=gates or (OPEN,),
        command=("serverless", "deploy"),
        config_path="/promote-tui.yml",
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


MOVES: list[tuple[str, Any, str]] = [
    ("account", "999999999999", "account was 222222222222, is 999999999999"),
    ("stack_id", "arn:new", "the stack was replaced"),
    ("deployed", "d" * 40, f"deployed was {A}, is {'d' * 40}"),
    ("deployed", None, f"deployed was {A}, is none"),
    ("region", "", "region was eu-west-1, is none"),
    ("stack_status", "UPDATE_IN_PROGRESS", "stack status was UPDATE_COMPLETE, is UPDATE_IN_PROGRESS"),
    ("last_event_id", "e2", "the stack had an update of its own"),
    ("checkout", "t2", "the checkout was changed"),
    ("package", (("orders.zip", "9"), ("state.json", "2")), "package changed: orders.zip"),
    ("package", (("orders.zip", "1"),), "package changed: state.json"),
    ("package", (("a", "1"), ("orders.zip", "1")), "package changed: a, state.json"),
    ("package", (("b", "1"), ("a", "1"), *SEEN.package[:1]), "package changed: a, b, state.json"),
    ("package", (("b", "1"), ("a", "1")), "package changed: a, b, orders.zip and 1 more"),
    ("package", (("b", "1"), ("a", "1"), ("c", "1")), "package changed: a, b, c and 2 more"),
    ("config", "c2", "the configuration was changed"),
    ("environment", (("PATH", "p1"), ("NEW", "n")), "environment changed: NEW"),
]


@pytest.mark.parametrize(("field", "value", "says"), MOVES, ids=[f"{row[0]}-{row[2]}" for row in MOVES])
def test_whatever_moves_is_named_and_changes_the_digest(field: str, value: object, says: str) -> None:
    now = replace(SEEN, **{field: value})  # type: ignore[arg-type]
    assert SEEN.differences(now) == (says,)
    assert SEEN.digest != now.digest


def test_what_a_stack_runs_now_that_it_did_not_run_before_is_named() -> None:
    assert replace(SEEN, deployed=None).differences(SEEN) == (f"deployed was none, is {A}",)


def test_nothing_moved_is_nothing_said() -> None:
    assert SEEN.differences(replace(SEEN)) == ()
    assert len(SEEN.digest) == 64


def test_every_field_of_the_fingerprint_counts() -> None:
    for name in SEEN.__struct_fields__:
        changed = (("x", "y"),) if isinstance(getattr(SEEN, name), tuple) else "other"
        assert replace(SEEN, **{name: changed}).digest != SEEN.digest  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("confirm", "answer", "accepted"),
    [
        ("none", Confirmation(), True),
        ("ask", Confirmation(), False),
        ("ask", Confirmation(yes=True), True),
        ("ask", Confirmation(typed="orders staging"), True),
        ("ask", Confirmation(typed="orders prod"), False),
        ("type", Confirmation(yes=True), False),
        ("type", Confirmation(yes=True, typed="orders"), False),
        ("type", Confirmation(typed="orders  staging"), False),
        ("type", Confirmation(typed="Orders staging"), False),
        ("type", Confirmation(typed="orders staging"), True),
    ],
)
def test_the_stage_decides_how_much_confirmation_it_takes(
    confirm: Confirm, answer: Confirmation, accepted: bool
) -> None:
    if accepted:
        assert approve(plan(confirm), answer, NOW).plan == plan(confirm)
    else:
        with pytest.raises(Refused) as refused:
            approve(plan(confirm), answer, NOW)
        how = "pass --yes" if confirm == "ask" else 'pass --confirm "orders staging"'
        assert str(refused.value) == f"orders/staging: not confirmed; {how}"


def test_a_member_of_a_release_is_confirmed_by_the_words_of_the_release_alone() -> None:
    assert confirmation_phrase(TARGET) == "orders staging"
    single = plan("type")
    member = replace(single, draft=replace(single.draft, options=PromotionOptions(release="friday")))
    assert approve(member, Confirmation(typed="release friday staging"), NOW).plan == member
    for found, typed in [(member, "orders staging"), (single, "release friday staging"), (single, "release staging")]:
        with pytest.raises(Refused):
            approve(found, Confirmation(typed=typed), NOW)
    with pytest.raises(Refused, match='pass --confirm "release friday staging"'):
        approve(member, Confirmation(yes=True), NOW)
    with pytest.raises(Refused, match='pass --confirm "orders staging"'):
        approve(single, Confirmation(yes=True), NOW)


def test_a_closed_gate_is_not_confirmed_away() -> None:
    with pytest.raises(Refused, match=r"^orders/staging: branch: on no branch; merge it first$"):
        approve(plan("none", OPEN, SHUT), Confirmation(yes=True, typed="orders staging"), NOW)


def test_what_a_person_allows_by_name_no_longer_blocks_a_plan() -> None:
    found = plan("none", OPEN, DATA, replace(DATA, passed=True))
    assert not found.ready
    assert found.missing_allowances == (REPLACE,)
    assert (found.blocked_gates(), found.blocked_gates((REPLACE,))) == ((DATA,), ())
    assert approve(found, Confirmation(allowances=(REPLACE,)), NOW).plan == found
    with pytest.raises(Refused, match="data: Orders would be replaced"):
        approve(found, Confirmation(allowances=(Allowance("remove", "Orders"),)), NOW)


def test_a_commit_is_packaged_unless_a_gate_is_blocked_that_neither_people_nor_time_unblock() -> None:
    draft = replace(plan().draft, gates=(OPEN, WAITING, SHUT))
    assert draft.packaging_blockers == (SHUT,)


def test_a_plan_lives_an_hour() -> None:
    last = NOW + timedelta(minutes=59, seconds=59)
    assert approve(plan("none"), Confirmation(), last).plan.ready
    with pytest.raises(PlanStale) as stale:
        approve(plan("none"), Confirmation(), NOW + timedelta(hours=1))
    assert str(stale.value) == "orders/staging: the plan is older than an hour; plan again"


def test_an_approved_plan_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match=r"^an ApprovedPlan is made by approve\(\)$"):
        ApprovedPlan(plan(), Confirmation(), object())


def test_a_plan_survives_its_file() -> None:
    written = json.dumps(encode(plan()))
    assert decode(Plan, json.loads(written)) == plan()
