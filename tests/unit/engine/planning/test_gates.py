"""A stage's rules, with the decisions of people in the ledger: in the draft, in the plan, and again under the lock."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, LedgerError, PlanStale, Refused, UsageError
from promote_tui.core.gates.options import Override, PromotionOptions
from promote_tui.core.model.ci import CiReading, CiStatus
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.next_steps import NextStep
from promote_tui.core.planning.next_stage import NextStage
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest

if TYPE_CHECKING:
    from promote_tui.core.gates.decisions import DecisionKind
    from promote_tui.core.gates.model import GateResult
    from tests.support.engine_world import World


def ruled(world: World, **rules: object) -> None:
    """Let dev have these rules."""
    dev, *others = world.pipeline.stages
    world.pipeline = replace(world.pipeline, stages=(replace(dev, rules=Rules(**rules)), *others))  # type: ignore[arg-type]


def acts(world: World, who: str, role: str = "Developer") -> None:
    """Let somebody be at the keyboard."""
    world.accounts.person, world.accounts.role = who, f"AWSReservedSSO_{role}_0123456789abcdef"


def gates(world: World, **more: object) -> dict[str, GateResult]:
    """The gates of the draft of main's tip for dev."""
    return {gate.name: gate for gate in world.engine.plans.draft("orders", "dev", **more).gates}  # type: ignore[arg-type]


def decided(world: World, kind: DecisionKind, **more: object) -> None:
    """Decide something about dev, and main's tip."""
    wanted = DecisionRequest(kind, "orders", "dev", None if "hold" in kind else "main")
    world.engine.decisions.record(dataclasses.replace(wanted, **more))  # type: ignore[arg-type]


def test_an_approval_of_this_code_opens_the_gate_and_of_other_code_does_not(world: World) -> None:
    ruled(world, approvals=Approvals())
    world.commit("one")
    acts(world, "ben")
    decided(world, "approve")
    acts(world, "ana")
    assert gates(world)["approvals"].passed
    world.commit("two")
    assert gates(world)["approvals"].reason == "0 of 1 approval so far"
    world.repository.commit({"billing/a": "1"}, "of another service")
    world.commit("one")
    assert gates(world)["approvals"].reason == "ben approved it"


def test_nobody_approves_their_own_promotion_whatever_role_they_have_on(world: World) -> None:
    ruled(world, approvals=Approvals())
    world.commit("one")
    acts(world, "ana", "Lead")
    decided(world, "approve")
    acts(world, "ana", "Developer")
    assert gates(world)["approvals"].reason == "0 of 1 approval so far (your own does not count)"


def test_an_approver_is_told_what_counts_and_what_still_lacks(world: World) -> None:
    ruled(world, approvals=Approvals(2, ("ben",), ("leads",)))
    world.commit("one")
    acts(world, "eve")
    outsiders = world.engine.decisions.record(DecisionRequest("approve", "orders", "dev", "main"))
    assert not world.engine.decisions.progress(outsiders).counts
    acts(world, "ben")
    made = world.engine.decisions.record(DecisionRequest("approve", "orders", "dev", "main"))
    assert world.engine.decisions.progress(made).words.startswith(
        "1 of 2 approvals of leads by ben, 1 more needed of leads; "
    )


def test_what_can_be_decided_follows_what_was_decided_and_who_asks(world: World) -> None:
    ruled(world, checklist=("QA",))
    world.commit("one")
    commit = world.engine.plans.draft("orders", "dev").commit.sha
    acts(world, "ben")
    assert [each.act for each in world.engine.decisions.choices("orders", "dev", commit)] == [
        "approve",
        "tick",
        "hold",
        "veto",
    ]
    decided(world, "approve")
    decided(world, "hold", reason="incident")
    assert [each.act for each in world.engine.decisions.choices("orders", "dev", commit)] == [
        "withdraw",
        "tick",
        "lift",
        "veto",
    ]
    acts(world, "ana")
    assert [each.act for each in world.engine.decisions.choices("orders", "dev", commit)] == [
        "approve",
        "tick",
        "lift",
        "veto",
    ]
    assert [each.act for each in world.engine.decisions.choices("orders", "dev", None)] == ["lift"]


def test_a_plan_can_be_read_before_it_is_approved_and_is_run_only_afterwards(world: World) -> None:
    ruled(world, approvals=Approvals())
    world.commit("one")
    acts(world, "ana")
    plan = world.plan("dev")
    assert not plan.ready
    with pytest.raises(Refused, match="approvals"):
        world.run(plan)
    acts(world, "ben")
    decided(world, "approve")
    acts(world, "ana")
    assert world.promote("dev").status is RunStatus.SUCCEEDED


def test_what_is_decided_while_the_plan_waits_is_found_under_the_lock(world: World) -> None:
    world.commit("one")
    plan = world.plan("dev")
    assert plan.ready
    decided(world, "hold", reason="incident 42")
    answer = Confirmation(yes=True, typed="orders dev")
    with pytest.raises(Refused, match="incident 42"):
        world.engine.runs.start(approve(plan, answer, world.clock.now()))
    assert world.engine.plans.draft("orders", "dev").cell.__class__.__name__ == "Never"


def test_a_hold_is_lifted_once(world: World) -> None:
    world.commit("one")
    decided(world, "hold", reason="incident", expires_at=world.clock.at + timedelta(hours=1))
    assert not gates(world)["hold"].passed
    decided(world, "unhold", reason="over")
    assert "hold" not in gates(world)
    with pytest.raises(UsageError, match="it is not on hold"):
        decided(world, "unhold", reason="over")


def test_a_hold_ends_by_itself(world: World) -> None:
    world.commit("one")
    decided(world, "hold", reason="incident", expires_at=world.clock.at + timedelta(hours=1))
    world.clock.sleep(3601)
    assert "hold" not in gates(world)


def test_a_veto_forbids_even_to_package(world: World) -> None:
    world.commit("one")
    decided(world, "veto", stage=None, reason="loses money")
    with pytest.raises(Refused, match="loses money"):
        world.plan("dev")


def test_a_checklist_is_ticked_for_code_and_an_item_that_is_none_is_refused(world: World) -> None:
    ruled(world, checklist=("QA", "Seen"))
    world.commit("one")
    decided(world, "check", item="QA")
    assert gates(world)["checklist"].reason == "1 of 2 items ticked; missing: Seen"
    with pytest.raises(UsageError, match="its checklist has no item 'Q'; it has: QA; Seen"):
        decided(world, "check", item="Q")
    decided(world, "withdraw", item="QA")
    assert gates(world)["checklist"].reason.startswith("0 of 2 items ticked")
    with pytest.raises(UsageError, match="'QA' is not ticked"):
        decided(world, "withdraw", item="QA")


def test_what_was_never_approved_cannot_be_withdrawn(world: World) -> None:
    world.commit("one")
    with pytest.raises(UsageError, match="you have not approved it"):
        decided(world, "withdraw")


def test_soak_counts_from_the_verification_in_the_stage_before(world: World) -> None:
    dev, staging, prod = world.pipeline.stages
    world.pipeline = replace(world.pipeline, stages=(dev, replace(staging, rules=Rules(soak=3600)), prod))
    world.commit("one")
    world.promote("dev")
    soak = next(gate for gate in world.engine.plans.draft("orders", "staging").gates if gate.name == "soak")
    assert (soak.passed, soak.allows_review) == (False, True)
    world.clock.sleep(3600)
    soak = next(gate for gate in world.engine.plans.draft("orders", "staging").gates if gate.name == "soak")
    assert soak.passed


def test_an_override_is_shown_and_stays_with_the_run(world: World) -> None:
    ruled(world, checklist=("QA",), overridable=("checklist",))
    world.commit("one")
    options = PromotionOptions(overrides=(Override("checklist", "the shop is down"),))
    draft = world.engine.plans.draft("orders", "dev", options=options)
    run = world.run(world.engine.plans.make(draft))
    assert run.status is RunStatus.SUCCEEDED
    assert [(each.gate, each.reason) for each in run.planned.overrides] == [("checklist", "the shop is down")]
    assert any(gate.reason.startswith("overridden: the shop is down") for gate in run.gates)


def test_an_override_of_what_may_not_be_passed_over_opens_nothing(world: World) -> None:
    ruled(world, checklist=("QA",))
    world.commit("one")
    options = PromotionOptions(overrides=(Override("checklist", "the shop is down"),))
    assert not gates(world, options=options)["checklist"].passed


def test_a_ledger_that_cannot_be_read_closes_what_stands_on_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ruled(world, approvals=Approvals(), checklist=("QA",))
    world.commit("one")

    def broken(*_: object) -> None:
        raise LedgerError("ledger", "the disk is gone")

    monkeypatch.setattr(type(world.ledger), "decisions", broken)
    found = gates(world)
    for name in ("approvals", "checklist", "decisions"):
        assert not found[name].passed
        assert "the disk is gone" in found[name].reason


def test_where_sts_does_not_answer_nobody_is_told_to_be_somebody_else(world: World) -> None:
    ruled(world, approvals=Approvals())
    world.commit("one")
    world.accounts.log_out("dev", AwsError("orders/dev", "no answer"))
    assert not gates(world)["approvals"].passed


def test_read_only_decides_nothing(world: World) -> None:
    world.commit("one")
    world.pipeline = replace(world.pipeline, read_only=True)
    with pytest.raises(Refused, match="--read-only"):
        decided(world, "hold", reason="x")


def test_a_rollback_goes_to_the_last_verified_code_and_leaves_a_hold(world: World) -> None:
    ruled(world, checklist=("QA",), overridable=("checklist",))
    options = PromotionOptions(overrides=(Override("checklist", "test"),))
    shas = []
    for text in ("one", "two", "three"):
        shas.append(world.commit(text))
        assert (
            world.run(world.engine.plans.make(world.engine.plans.draft("orders", "dev", options=options))).status
            is RunStatus.SUCCEEDED
        )
    draft = world.engine.plans.draft_rollback("orders", "dev")
    assert draft.commit.sha == shas[1]
    run = world.run(world.engine.plans.make(draft))
    assert (run.kind, run.status, run.to_commit, run.from_commit) == ("rollback", RunStatus.SUCCEEDED, shas[1], shas[2])
    held = gates(world, options=options)["hold"]
    assert (held.passed, held.reason.endswith(f"{shas[2][:7]} was rolled back by run {run.id}")) == (False, True)
    assert world.engine.plans.draft_rollback("orders", "dev").commit.sha == shas[0]


def test_the_code_that_was_left_is_not_offered_to_the_next_stage(world: World) -> None:
    good, bad = world.commit("one"), ""
    world.promote("dev")
    bad = world.commit("two")
    world.promote("dev")
    assert world.engine.plans.draft("orders", "staging").commit.sha == bad
    world.run(world.engine.plans.make(world.engine.plans.draft_rollback("orders", "dev")))
    assert world.engine.plans.draft("orders", "staging").commit.sha == good
    order = next(
        gate for gate in world.engine.plans.draft("orders", "staging", bad).gates if gate.name == "stage order"
    )
    assert (order.passed, "was rolled back in dev by run" in order.reason) == (False, True)
    view = world.engine.snapshot().view("orders", "dev")
    assert view.commit is not None
    assert view.commit.sha == good


def test_without_a_record_a_rollback_goes_to_an_older_commit_that_a_person_names(world: World) -> None:
    older, now = world.commit("one"), world.commit("two")
    newer = world.commit("three")
    world.stacks.deploy(world.target("dev"), now)
    with pytest.raises(UsageError, match="--commit"):
        world.engine.plans.draft_rollback("orders", "dev")
    (gate,) = [
        gate for gate in world.engine.plans.draft_rollback("orders", "dev", older).gates if gate.name == "verified here"
    ]
    assert (gate.passed, gate.warns) == (True, True)
    assert gate.reason == "nothing is on record as verified in dev: unknown whether it worked there"
    assert world.run(world.engine.plans.make(world.engine.plans.draft_rollback("orders", "dev", older))).rollback_words
    for sha in (now, newer):
        gates_now = {gate.name: gate for gate in world.engine.plans.draft_rollback("orders", "staging", sha).gates}
        assert not gates_now["verified here"].passed
    with pytest.raises(Refused, match="was never verified in dev"):
        world.engine.plans.make(world.engine.plans.draft_rollback("orders", "dev", newer))


def verified_here(world: World, revision: str) -> GateResult:
    """What a rollback of dev to a commit is told about its record there."""
    return next(
        gate
        for gate in world.engine.plans.draft_rollback("orders", "dev", revision).gates
        if gate.name == "verified here"
    )


def test_where_only_what_runs_is_verified_a_rollback_goes_to_an_older_commit(world: World) -> None:
    older, now = world.commit("one"), world.commit("two")
    world.promote("dev")
    newer = world.commit("three")
    with pytest.raises(UsageError, match="--commit"):
        world.engine.plans.draft_rollback("orders", "dev")
    gate = verified_here(world, older)
    assert (gate.passed, gate.warns) == (True, True)
    assert gate.reason == "nothing else is on record as verified in dev: unknown whether it worked there"
    refused = verified_here(world, newer)
    assert (refused.passed, refused.reason) == (False, f"{newer[:7]} was never verified in dev")
    assert refused.remedy.startswith("promote-tui rollback orders --stage dev --commit REV")
    run = world.run(world.engine.plans.make(world.engine.plans.draft_rollback("orders", "dev", older)))
    assert (run.status, run.from_commit, run.to_commit) == (RunStatus.SUCCEEDED, now, older)


def test_where_other_code_is_verified_a_rollback_goes_to_that(world: World) -> None:
    older, good = world.commit("one"), world.commit("two")
    world.promote("dev")
    world.commit("three")
    world.promote("dev")
    refused = verified_here(world, older)
    assert (refused.passed, refused.remedy) == (False, "promote-tui rollback orders --stage dev")
    assert world.engine.plans.draft_rollback("orders", "dev").commit.sha == good


def test_where_what_runs_is_not_known_a_rollback_asks_for_that_first(world: World) -> None:
    older, now = world.commit("one"), world.commit("two")
    world.stacks.begin(world.target("dev"))
    world.stacks.finish(world.target("dev"), None)
    refused = verified_here(world, older)
    assert not refused.passed
    assert refused.reason.startswith("the commit of dev is unknown: ")
    assert (refused.remedy, refused.step) == ("promote-tui adopt orders dev --commit REV", NextStep("adopt", ("dev",)))
    world.engine.runs.adopt("orders", "dev", "seen in the console", now)
    assert verified_here(world, older).warns


def test_what_was_vetoed_and_is_all_that_was_verified_can_be_left(world: World) -> None:
    older, _ = world.commit("one"), world.commit("two")
    world.promote("dev")
    world.engine.decisions.record(DecisionRequest("veto", "orders", None, "main", "it loses money"))
    view = world.engine.snapshot().view("orders", "dev")
    assert (view.veto is not None, view.only_verified) == (True, True)
    run = world.run(world.engine.plans.make(world.engine.plans.draft_rollback("orders", "dev", older)))
    assert (run.status, run.to_commit) == (RunStatus.SUCCEEDED, older)


def test_what_ran_in_a_stage_before_is_on_record_the_newest_first(world: World) -> None:
    shas = [world.commit("one"), "", ""]
    world.promote("dev")
    for number in (1, 2):
        shas[number] = world.commit(str(number))
        world.promote("dev")
    assert world.engine.plans.earlier_commits("orders", "dev") == (shas[1], shas[0])
    assert world.engine.plans.earlier_commits("orders", "prod") == ()


def test_the_way_on_from_a_run_knows_the_branches_of_the_next_stage(world: World) -> None:
    stages = [
        replace(stage, branches=("main",)) if stage.name == "staging" else stage for stage in world.pipeline.stages
    ]
    world.pipeline = replace(world.pipeline, stages=tuple(stages))
    base = world.commit("one")
    world.repository.branch("feature/x", base)
    feature = world.repository.commit({"orders/x": "two"}, branch="feature/x")
    run = world.run(world.engine.plans.make(world.engine.plans.draft("orders", "dev", feature)))
    assert world.engine.runs.next_stage(run) == NextStage("staging", "", ("main",), "main")
    merged = world.repository.commit({"orders/x": "two"})
    assert world.engine.runs.next_stage(run) == NextStage("staging", merged, ("main",), "main")
    last = replace(run, planned=replace(run.planned, stage=world.pipeline.stages[-1].name))
    assert world.engine.runs.next_stage(last) is None


def test_a_failed_rollback_holds_nothing(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    world.commit("two")
    world.promote("dev")
    draft = world.engine.plans.draft_rollback("orders", "dev")
    plan = world.engine.plans.make(draft)
    world.deployer.ship = lambda _job, _poll: 1
    assert world.run(plan).status is RunStatus.FAILED
    assert "hold" not in gates(world)


def test_where_nothing_else_was_verified_there_is_no_way_back(world: World) -> None:
    world.commit("one")
    world.promote("dev")
    with pytest.raises(UsageError, match="no other commit is on record as verified there"):
        world.engine.plans.draft_rollback("orders", "dev")


def test_a_rollback_to_what_was_never_verified_there_is_refused(world: World) -> None:
    never = world.commit("one")
    world.commit("two")
    world.promote("dev")
    world.commit("three")
    world.promote("dev")
    draft = world.engine.plans.draft_rollback("orders", "dev", never)
    with pytest.raises(Refused, match="was never verified in dev"):
        world.engine.plans.make(draft)


def test_a_hotfix_leaves_out_the_stages_it_names_and_no_others(world: World) -> None:
    world.commit("one")
    sha = world.commit("two")
    options = PromotionOptions("hotfix", ("staging",))

    def order() -> GateResult:
        draft = world.engine.plans.draft("orders", "prod", sha, options)
        return next(gate for gate in draft.gates if gate.name == "stage order")

    assert (order().passed, "was never verified in dev" in order().reason) == (False, True)
    world.promote("dev")
    assert (order().passed, order().warns) == (True, True)
    assert order().reason.startswith("a hotfix that skips staging; verified in dev by run ")
    acts(world, "ben")
    world.engine.decisions.record(DecisionRequest("approve", "orders", "prod", sha))
    acts(world, "ana")
    run = world.run(world.engine.plans.make(world.engine.plans.draft("orders", "prod", sha, options)))
    assert (run.kind, run.status) == ("hotfix", RunStatus.SUCCEEDED)


def test_a_plan_is_asked_again_with_what_was_decided_since_and_is_run_as_it_was_packaged(world: World) -> None:
    ruled(world, approvals=Approvals())
    world.commit("one")
    acts(world, "ana")
    plan = world.plan("dev")
    acts(world, "ben")
    decided(world, "approve")
    acts(world, "ana")
    again = world.engine.plans.reconsider(plan, world.engine.plans.draft("orders", "dev"))
    assert again.ready
    assert (again.id, again.package, again.fingerprint) == (plan.id, plan.package, plan.fingerprint)
    assert world.run(again).status is RunStatus.SUCCEEDED


def test_a_plan_is_asked_again_with_an_override_that_stays_with_the_run(world: World) -> None:
    ruled(world, approvals=Approvals(), overridable=("approvals",))
    world.commit("one")
    plan = world.plan("dev")
    options = PromotionOptions(overrides=(Override("approvals", "the shop is down"),))
    again = world.engine.plans.reconsider(plan, world.engine.plans.draft("orders", "dev", None, options))
    told = {gate.name: gate for gate in again.gates}["approvals"]
    assert (told.passed, told.overridden) == (True, "the shop is down")
    run = world.run(again)
    assert run.status is RunStatus.SUCCEEDED
    assert [(each.gate, each.reason) for each in run.planned.overrides] == [("approvals", "the shop is down")]


def test_a_plan_is_not_asked_again_for_another_commit(world: World) -> None:
    world.commit("one")
    plan = world.plan("dev")
    world.commit("two")
    with pytest.raises(PlanStale, match="the plan is of"):
        world.engine.plans.reconsider(plan, world.engine.plans.draft("orders", "dev"))


BUILT = CiReading((CiStatus("build", "success", "success"),))


def test_nobody_asks_for_builds_where_no_rule_does(world: World) -> None:
    world.commit("one")
    assert "ci" not in gates(world)
    assert world.ci.asked == []


def test_the_builds_of_the_commit_itself_are_asked_for(world: World) -> None:
    ruled(world, ci=("build",))
    sha = world.commit("one")
    assert gates(world)["ci"].reason == "build is missing"
    world.ci.says = BUILT
    assert gates(world)["ci"].passed
    assert {commit for _, commit in world.ci.asked} == {sha}
    assert world.promote("dev").status is RunStatus.SUCCEEDED


def test_a_build_that_failed_since_the_plan_stops_the_run_under_the_lock(world: World) -> None:
    ruled(world, ci=("build",))
    world.commit("one")
    world.ci.says = BUILT
    plan = world.plan("dev")
    world.ci.says = CiReading((CiStatus("build", "failed", "failure"),))
    with pytest.raises(Refused, match="build failed"):
        world.run(plan)


def test_builds_that_nobody_could_check_are_overridden_with_a_reason(world: World) -> None:
    ruled(world, ci=("build",), overridable=("ci",))
    world.commit("one")
    world.ci.says = CiReading(problem="GITHUB_TOKEN is not set in the environment", remedy="export GITHUB_TOKEN")
    assert gates(world)["ci"].reason == "not checked: GITHUB_TOKEN is not set in the environment"
    options = PromotionOptions(overrides=(Override("ci", "the host is down"),))
    found = gates(world, options=options)["ci"]
    assert (found.passed, found.overridden) == (True, "the host is down")
