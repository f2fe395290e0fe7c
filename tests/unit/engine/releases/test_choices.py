"""A member in trouble: what the release says, and what each answer comes to."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.model import SetChange
from promote_tui.core.errors import LedgerError, Refused, UsageError
from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import Override
from promote_tui.core.history.sentences import describe_provenance
from promote_tui.core.model.pipeline import ReleaseSettings
from promote_tui.core.model.smoke import SmokeCommand
from promote_tui.core.releases.events import MemberEnded
from promote_tui.core.releases.history import ReleaseRuns, group_by_release
from promote_tui.core.releases.outcome_words import outcome_words
from promote_tui.core.releases.release import MemberState, ReleaseStatus
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.engine.releases.control import ReleaseAnswer, ReleaseConfirmation
from promote_tui.engine.state_dir import Folders
from promote_tui.ports import RunFilter
from tests.support.release_world import NAME, SHOP, TYPED, all_in, states

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.releases.events import AnswerKind
    from tests.support.release_world import ReleaseWorld

DONE, PAUSED = ReleaseStatus.DONE, ReleaseStatus.PAUSED
WAITING, VERIFIED, FAILED = MemberState.WAITING, MemberState.VERIFIED, MemberState.FAILED
SKIPPED, BACK, HELD = MemberState.SKIPPED, MemberState.ROLLED_BACK, MemberState.HELD


@pytest.fixture
def failed(shop: ReleaseWorld) -> ReleaseWorld:
    """Orders has failed in the second wave, the others of it have not."""
    shop.broken.add("orders")
    shop.plan_release()
    shop.start_release()
    return shop


def hold(shop: ReleaseWorld, service: str, change: SetChange) -> None:
    """Let other resources of a service change than were reviewed."""
    shop.inspector.change_sets[shop.target("prod", service).key] = (change,)


TOPIC = SetChange("Topic", "AWS::SNS::Topic", "modify")
TABLE = SetChange("Table", "AWS::DynamoDB::Table", "modify", "true")


def test_a_failure_lets_what_is_at_work_end_and_starts_nothing_new(failed: ReleaseWorld) -> None:
    release = failed.release()
    assert (release.status, states(release)) == (PAUSED, all_in(VERIFIED, orders=FAILED, web=WAITING))
    assert "no such key" in release.progress["orders"].cause
    assert release.paused is not None
    assert (release.paused.why, release.paused.services) == ("failure", ("orders",))
    assert failed.engine.releases.worker(NAME) is None


def test_retry_promotes_it_again_and_goes_on(failed: ReleaseWorld) -> None:
    failed.broken.clear()
    release = failed.answer("retry", "orders")
    assert (release.status, states(release)) == (DONE, all_in(VERIFIED))
    assert failed.runs("identity") == 1


def test_retry_without_names_is_about_all_in_trouble(failed: ReleaseWorld) -> None:
    failed.broken.clear()
    assert failed.answer("retry").status is DONE


def test_skip_takes_along_who_needs_it(failed: ReleaseWorld) -> None:
    release = failed.answer("skip", "orders", reason="after the fair")
    assert (release.status, states(release)) == (DONE, all_in(VERIFIED, orders=SKIPPED, web=SKIPPED))
    assert release.progress["web"].reason == "after the fair"


def test_roll_back_takes_one_back_and_skips_who_needs_it(failed: ReleaseWorld) -> None:
    release = failed.answer("roll_back", "billing")
    assert release.status is PAUSED
    assert failed.running("billing") == "old"
    release = failed.answer("roll_back", "orders")
    assert states(release) == all_in(VERIFIED, orders=BACK, billing=BACK, web=SKIPPED)
    assert release.status is DONE


def test_all_of_it_is_rolled_back_in_reverse_order(failed: ReleaseWorld) -> None:
    failed.deployed().clear()
    before = len(failed.deployed())
    release = failed.answer("roll_back_all")
    assert release.status is ReleaseStatus.ROLLED_BACK
    assert {failed.running(name) for name in SHOP} == {"old"}
    order = failed.deployed()[before:]
    assert order[0] == "billing"  # CloudFormation had rolled orders back already
    assert sorted(order[1:]) == ["catalog", "identity"]
    assert states(release) == all_in(BACK, web=WAITING)


def test_a_release_that_is_done_is_rolled_back_too(shop: ReleaseWorld) -> None:
    shop.plan_release()
    assert shop.start_release().status is DONE
    release = shop.answer("roll_back_all")
    assert (release.status, states(release)) == (ReleaseStatus.ROLLED_BACK, all_in(BACK))
    order = shop.deployed()[len(SHOP) :]
    assert (order[0], sorted(order[1:3]), sorted(order[3:])) == ("web", ["billing", "orders"], ["catalog", "identity"])


def test_stop_ends_it_as_it_is(failed: ReleaseWorld) -> None:
    release = failed.answer("stop", reason="tomorrow")
    assert release.status is ReleaseStatus.STOPPED
    for refused in ("retry", "skip", "go", "stop"):
        with pytest.raises(UsageError, match="it has ended: stopped"):
            failed.answer(refused, "orders")


GONE = rf"^release {NAME}: its stage prod is gone; promote-tui release stop {NAME}$"


def test_a_planned_release_whose_stage_is_gone_can_be_stopped(shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.remove_stage()
    with pytest.raises(UsageError, match=GONE):
        shop.engine.releases.stage(shop.release())
    release = shop.answer("stop", reason="no prod any more")
    assert (release.status, release.answers[-1].who) == (ReleaseStatus.STOPPED, "ana")
    with pytest.raises(UsageError, match=r"stage prod is gone; use the configuration that it was planned with$"):
        shop.engine.releases.details(NAME)


def test_of_a_release_whose_stage_is_gone_it_is_said_what_can_be_done(failed: ReleaseWorld) -> None:
    failed.remove_stage()
    before = failed.release()
    for kind in ("retry", "roll_back", "roll_back_all", "go"):
        with pytest.raises(UsageError, match=GONE):
            failed.answer(kind, "orders")
    for ask in (failed.engine.releases.details, failed.engine.releases.approve):
        with pytest.raises(UsageError, match="prod"):
            ask(NAME)
    with pytest.raises(UsageError, match="none of its services is in prod"):
        failed.answer("skip", "orders", reason="later")
    assert failed.release() == before
    assert failed.answer("stop").status is ReleaseStatus.STOPPED


def test_a_release_whose_stage_and_services_are_gone_can_be_stopped(shop: ReleaseWorld) -> None:
    shop.plan_release("catalog", "orders")
    shop.remove_stage()
    others = tuple(service for service in shop.pipeline.services if service.name not in {"catalog", "orders"})
    shop.pipeline = replace(shop.pipeline, services=others)
    assert shop.answer("stop").status is ReleaseStatus.STOPPED


def test_a_stop_ends_what_no_process_could_go_on_with(shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.kill_process(lambda event: isinstance(event, MemberEnded))
    shop.start_release()
    assert shop.release().in_state(MemberState.RUNNING)
    shop.remove_stage()
    assert shop.answer("stop").status is ReleaseStatus.STOPPED


@pytest.mark.parametrize(("kind", "typed"), [("retry", ""), ("roll_back", "yes"), ("roll_back_all", "web prod")])
def test_what_deploys_has_to_be_typed_again(kind: str, typed: str, failed: ReleaseWorld) -> None:
    with pytest.raises(Refused, match="not confirmed"):
        failed.answer(kind, "orders", typed=typed)
    assert failed.release().status is PAUSED


def test_what_is_typed_beside_a_skip_confirms_nothing_and_spoils_nothing(failed: ReleaseWorld) -> None:
    failed.answer("skip", "web", typed="nonsense", reason="later")
    failed.broken.clear()
    assert failed.answer("retry", "orders").status is DONE


@pytest.mark.parametrize(
    ("kind", "services", "words"),
    [
        ("retry", ("web",), "web is waiting; it can be: orders"),
        ("retry", ("billing",), "billing is verified"),
        ("skip", ("billing",), "billing is verified"),
        ("skip", (), "no service was named for it"),
        ("roll_back", ("web",), "web is waiting"),
        ("roll_back", ("nothing",), "it is not part of release"),
        ("go", (), "it waits for no go: it is paused"),
    ],
)
def test_answers_that_cannot_be_meant_are_refused(
    kind: str, services: tuple[str, ...], words: str, failed: ReleaseWorld
) -> None:
    before = failed.release()
    with pytest.raises(UsageError, match=words):
        failed.answer(kind, *services)
    assert failed.release() == before


def test_nothing_is_rolled_back_of_a_release_that_brought_nothing(shop: ReleaseWorld) -> None:
    shop.plan_release()
    with pytest.raises(UsageError, match="it is planned, and there is nothing to roll back"):
        shop.answer("roll_back_all")
    assert shop.answer("stop").status is ReleaseStatus.STOPPED


def test_a_vetoed_commit_is_held_and_its_dependants_wait(shop: ReleaseWorld) -> None:
    shop.plan_release()
    veto = DecisionRequest("veto", "catalog", None, shop.new["catalog"], "it loses orders")
    shop.engine.decisions.record(veto)
    release = shop.start_release()
    assert states(release) == all_in(WAITING, identity=VERIFIED, catalog=HELD)
    assert (release.progress["catalog"].why, "it loses orders" in release.progress["catalog"].cause) == (
        "blocked",
        True,
    )
    assert shop.answer("retry", "catalog").progress["catalog"].state is HELD
    release = shop.answer("skip", "catalog")
    assert states(release) == all_in(VERIFIED, catalog=SKIPPED, orders=SKIPPED, web=SKIPPED)


def test_a_hold_blocks_until_it_is_lifted(shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.engine.decisions.record(DecisionRequest("hold", "web", "prod", reason="the fair"))
    release = shop.start_release()
    assert (release.progress["web"].why, release.progress["web"].remedy) != ("", "")
    shop.engine.decisions.record(DecisionRequest("unhold", "web", "prod"))
    assert shop.answer("retry").status is DONE


def test_a_teammates_promotion_of_the_same_commit_leaves_nothing_to_do(shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.stacks.deploy(shop.target("prod", "orders"), shop.new["orders"])
    release = shop.start_release()
    assert (release.status, states(release)) == (DONE, all_in(VERIFIED, orders=MemberState.UNCHANGED))
    assert shop.runs("orders") == 0


def test_a_stage_that_was_moved_is_gone_on_from_only_where_it_was_shown(shop: ReleaseWorld) -> None:
    shop.plan_release()
    hotfix, another = shop.commit("hotfix"), shop.commit("another")
    shop.stacks.deploy(shop.target("prod"), hotfix)
    release = shop.start_release()
    assert (release.progress["orders"].why, release.progress["orders"].found) == ("moved", hotfix)
    assert f"prod runs {hotfix[:7]} now, and ran {shop.old['orders'][:7]}" in release.progress["orders"].cause
    shop.stacks.deploy(shop.target("prod"), another)
    release = shop.answer("retry", "orders")
    assert (release.progress["orders"].why, release.progress["orders"].found) == ("moved", another)
    assert shop.answer("retry", "orders").status is DONE
    assert shop.running("orders") == "new"


def test_what_is_tried_again_while_others_wait_is_not_said_to_be_in_trouble(shop: ReleaseWorld) -> None:
    shop.broken |= {"identity", "catalog"}
    shop.plan_release()
    assert shop.start_release().progress["identity"].cause
    progress = shop.answer("retry", "identity").progress
    assert (progress["identity"].state, progress["identity"].cause, progress["identity"].remedy) == (WAITING, "", "")
    assert progress["catalog"].cause


def test_a_folder_that_cannot_be_written_is_named(shop: ReleaseWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Folders.make

    def refuse(folders: Folders, folder: Path) -> Path:
        if folder.parent.name == "releases":
            return make(folders, folder)
        raise LedgerError(str(folders.state), "Read-only file system", "make the state folder writable")

    shop.plan_release("orders")
    monkeypatch.setattr(Folders, "make", refuse)
    progress = shop.start_release().progress["orders"]
    assert (progress.state, progress.remedy) == (FAILED, "make the state folder writable")
    assert progress.cause == f"{shop.context.folders.state}: Read-only file system"


def update_by_hand(shop: ReleaseWorld, service: str, *, is_named: bool = True) -> None:
    """Update a stack of prod outside of promote-tui; it keeps its commit's name, or loses it."""
    target = shop.target("prod", service)
    shop.stacks.begin(target)
    if not is_named:
        shop.stacks.report(target, None)
    shop.stacks.finish(target, None)


@pytest.mark.parametrize("is_named", [True, False])
def test_what_was_updated_by_hand_is_replaced_only_once_somebody_has_read_of_it(
    is_named: bool,
    shop: ReleaseWorld,
) -> None:
    shop.plan_release("orders")
    update_by_hand(shop, "orders", is_named=is_named)
    why = "changed" if is_named else "moved"
    assert shop.start_release().progress["orders"].why == why
    if is_named:
        cause = "orders-prod was updated outside of promote-tui since it was reviewed"
        assert cause in shop.release().progress["orders"].cause
    update_by_hand(shop, "orders", is_named=is_named)
    assert shop.answer("retry", "orders").progress["orders"].why == "changed"
    assert shop.runs("orders") == 0
    assert shop.answer("retry", "orders").status is DONE
    assert shop.running("orders") == "new"


def test_what_promote_tui_itself_did_to_a_stack_is_no_update_by_hand(shop: ReleaseWorld) -> None:
    shop.plan_release("orders")
    shop.broken.add("orders")
    assert shop.promote("prod", service="orders").status is RunStatus.ROLLED_BACK
    assert shop.start_release().progress["orders"].state is FAILED
    shop.broken.clear()
    assert shop.answer("retry", "orders").status is DONE


def test_a_stack_that_is_stuck_between_two_commits_is_blocked_by_its_gate(shop: ReleaseWorld) -> None:
    shop.plan_release("orders")
    shop.stacks.begin(shop.target("prod"))
    shop.stacks.set_status(shop.target("prod"), "UPDATE_ROLLBACK_FAILED")
    release = shop.start_release()
    assert (release.progress["orders"].why, shop.runs("orders")) == ("blocked", 0)
    assert "UPDATE_ROLLBACK_FAILED" in release.progress["orders"].cause


def test_a_stage_that_cannot_be_read_says_so_and_is_tried_again(shop: ReleaseWorld) -> None:
    shop.plan_release("orders")
    shop.stacks.unreachable(shop.target("prod"), "no answer")
    release = shop.start_release()
    assert (release.progress["orders"].state, release.progress["orders"].cause) == (FAILED, "no answer")
    shop.stacks.reachable(shop.target("prod"))
    assert shop.answer("retry").status is DONE


def test_other_resources_are_asked_about_and_only_what_was_shown_is_accepted(shop: ReleaseWorld) -> None:
    shop.plan_release()
    hold(shop, "orders", TOPIC)
    release = shop.start_release()
    assert (release.status, release.progress["orders"].why) == (PAUSED, "changed")
    assert "Topic would be modified" in release.progress["orders"].cause
    assert release.progress["orders"].now is not None
    assert shop.runs("orders") == 0
    hold(shop, "orders", TABLE)
    release = shop.answer("retry", "orders")
    assert release.progress["orders"].why == "changed"
    assert "Table would be replaced" in release.progress["orders"].cause
    hold(shop, "orders", TOPIC)  # which was shown before, and is no longer what was agreed to
    assert shop.answer("retry", "orders").progress["orders"].why == "changed"
    assert shop.answer("retry", "orders").status is DONE


def test_data_is_lost_only_where_that_is_allowed_with_an_answer(shop: ReleaseWorld) -> None:
    hold(shop, "orders", TABLE)
    shop.plan_release()
    release = shop.start_release()
    assert release.progress["orders"].why == "blocked"
    with pytest.raises(UsageError, match="service nothing: it is not part of release"):
        shop.engine.releases.answer(
            NAME, ReleaseAnswer("retry", typed=TYPED, allowances=(("nothing", Allowance("replace", "Table")),))
        )
    given = (("orders", Allowance("replace", "Table")),)
    shop.engine.releases.answer(NAME, ReleaseAnswer("retry", typed=TYPED, allowances=given))
    assert shop.release().status is DONE


def test_overrides_hold_for_the_service_that_they_are_given_for(shop: ReleaseWorld) -> None:
    shop.change_stage(lambda stage: replace(stage, rules=replace(stage.rules, soak=8e6, overridable=("soak",))))
    shop.plan_release("identity", "catalog")
    given = (("catalog", Override("soak", "urgent")),)
    shop.engine.releases.start(NAME, ReleaseConfirmation(TYPED, overrides=given))
    release = shop.release()
    assert (release.progress["catalog"].state, release.progress["identity"].why) == (VERIFIED, "blocked")
    run = shop.engine.runs.find(release.progress["catalog"].run)
    assert [(each.gate, each.reason) for each in run.planned.overrides] == [("soak", "urgent")]
    more = (("identity", Override("soak", "urgent too")),)
    shop.engine.releases.answer(NAME, ReleaseAnswer("retry", typed=TYPED, overrides=more))
    assert shop.release().status is DONE


def test_a_failed_smoke_test_leaves_the_code_and_retry_proves_it(shop: ReleaseWorld) -> None:
    marker = shop.folder / "works"
    shop.change_services(
        lambda each: replace(each, smoke=SmokeCommand(("test", "-e", str(marker)))) if each.name == "orders" else each
    )
    shop.plan_release()
    release = shop.start_release()
    assert (release.progress["orders"].state, shop.running("orders")) == (FAILED, "new")
    assert release.progress["orders"].remains == "unproved"
    marker.touch()
    assert shop.answer("retry", "orders").status is DONE


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("grep", "-q", "old", "handler.js"), "; run r6 rolled it back"),
        (("false",), "; run r6, which rolls it back, is failed: the smoke"),
    ],
)
def test_the_stages_own_rollback_is_waited_for_and_told(
    command: tuple[str, ...], words: str, shop: ReleaseWorld
) -> None:
    shop.change_services(lambda each: replace(each, smoke=SmokeCommand(command)) if each.name == "orders" else each)
    shop.change_stage(lambda stage: replace(stage, rules=replace(stage.rules, on_failure="rollback")))
    shop.plan_release("orders")
    release = shop.start_release()
    assert (release.progress["orders"].state, shop.running("orders")) == (FAILED, "old")
    assert release.progress["orders"].remains == "before"
    assert words in release.progress["orders"].cause


def test_what_the_stage_has_rolled_back_by_itself_needs_no_other_rollback(shop: ReleaseWorld) -> None:
    proof = SmokeCommand(("grep", "-q", "old", "handler.js"))
    shop.change_services(lambda each: replace(each, smoke=proof) if each.name == "orders" else each)
    shop.change_stage(lambda stage: replace(stage, rules=replace(stage.rules, on_failure="rollback")))
    shop.plan_release("orders")
    shop.start_release()
    before = shop.runs("orders")
    release = shop.answer("roll_back", "orders")
    assert (release.progress["orders"].state, shop.runs("orders")) == (BACK, before)


def test_where_nothing_ran_before_there_is_nothing_to_go_back_to(shop: ReleaseWorld) -> None:
    shop.stacks.delete(shop.target("prod"))
    shop.broken.add("web")
    shop.plan_release()
    assert shop.start_release().progress["orders"].state is VERIFIED
    release = shop.answer("roll_back_all")
    assert (release.status, release.progress["orders"].state) == (PAUSED, MemberState.ROLLBACK_FAILED)
    assert release.progress["orders"].cause == "nothing ran there before the release"
    release = shop.answer("skip", "orders")
    assert (release.status, shop.running("orders")) == (ReleaseStatus.ROLLED_BACK, "new")
    assert outcome_words(release) == "4 rolled back, 1 skipped (deployed, verified)"
    (listed,) = shop.engine.releases.list_newest()
    assert (listed.done, listed.unproved) == (1, 0)
    (noted,) = shop.engine.commits.notes_of_release(release).services
    assert (noted.service, noted.remark) == ("orders", "In prod: skipped (deployed, verified)")
    (entry,) = group_by_release(shop.engine.runs.page(RunFilter()).runs, {NAME: release})
    assert isinstance(entry, ReleaseRuns)
    assert entry.count_words == "1 of 5 services"
    told = " ".join(describe_provenance(shop.engine.record.provenance("orders", "prod")))
    assert f"prod runs {shop.new['orders'][:7]}" in told
    assert f"It was part of release {NAME}." in told


def test_what_was_deployed_and_skipped_is_told_wherever_the_release_is(shop: ReleaseWorld) -> None:
    broken = SmokeCommand(("false",))
    shop.change_services(lambda each: replace(each, smoke=broken) if each.name == "orders" else each)
    shop.plan_release("orders")
    shop.start_release()
    release = shop.answer("skip", "orders", reason="known to be flaky")
    assert (release.status, shop.running("orders")) == (DONE, "new")
    (listed,) = shop.engine.releases.list_newest()
    assert (listed.done, listed.unproved) == (0, 1)
    (noted,) = shop.engine.commits.notes_of_release(release).services
    assert noted.remark == "In prod: skipped (deployed, not proved)"
    assert [each.command for each in shop.engine.releases.details(NAME).commands][-1].startswith(
        f"promote-tui release rollback {NAME}"
    )
    shop.change_services(lambda each: replace(each, smoke=None))
    release = shop.answer("roll_back_all")
    assert (release.status, shop.running("orders")) == (ReleaseStatus.ROLLED_BACK, "old")
    assert shop.engine.commits.notes_of_release(release).services == ()


def test_a_blocked_rollback_is_tried_again_as_a_rollback(failed: ReleaseWorld) -> None:
    veto = DecisionRequest("veto", "billing", None, failed.old["billing"], "leaks")
    failed.engine.decisions.record(veto)
    release = failed.answer("roll_back_all")
    assert release.progress["billing"].state is MemberState.ROLLBACK_FAILED
    assert "leaks" in release.progress["billing"].cause
    assert failed.answer("retry", "billing").progress["billing"].state is MemberState.ROLLBACK_FAILED
    assert failed.running("billing") == "new"


def test_no_more_than_the_limit_are_at_work_at_the_same_time(shop: ReleaseWorld) -> None:
    shop.change_stage(lambda stage: replace(stage, release=ReleaseSettings(parallel=1)))
    shop.plan_release()
    release = shop.start_release()
    spans = sorted((each.started_at, each.ended_at) for each in release.progress.values() if each.started_at)
    assert all(ended <= begun for (_, ended), (begun, _) in itertools.pairwise(spans) if ended)


def test_each_wave_waits_for_its_go_where_the_stage_says_so(shop: ReleaseWorld) -> None:
    shop.change_stage(lambda stage: replace(stage, release=ReleaseSettings(between_waves="ask")))
    shop.plan_release()
    release = shop.start_release()
    assert (release.paused.why if release.paused else "", len(shop.deployed())) == ("go", 2)
    with pytest.raises(Refused, match="not confirmed"):
        shop.answer("go", typed="")
    assert (shop.answer("go").status, len(shop.deployed())) == (PAUSED, 4)
    assert shop.answer("go").status is DONE


def test_an_unconfirmed_answer_may_neither_override_nor_allow(failed: ReleaseWorld) -> None:
    given = ReleaseAnswer("skip", ("orders",), "later", overrides=(("web", Override("approvals", "why not")),))
    with pytest.raises(UsageError, match="skip is not confirmed, so it can neither override a gate nor allow anything"):
        failed.engine.releases.answer(NAME, given)
    assert failed.release().progress["orders"].state is FAILED


def test_a_service_is_not_rolled_back_from_under_what_needs_it(failed: ReleaseWorld) -> None:
    failed.broken.clear()
    failed.broken.add("web")
    failed.answer("retry", "orders")
    with pytest.raises(UsageError, match="orders, web need catalog; roll that back with it, or roll all of it back"):
        failed.answer("roll_back", "catalog")


def test_a_rollback_leaves_what_others_have_brought_since(shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.start_release()
    newer = shop.commit("newer", service="web")
    shop.stacks.deploy(shop.target("prod", "web"), newer)
    release = shop.answer("roll_back_all")
    progress = release.progress["web"]
    assert (release.status, progress.state) == (PAUSED, MemberState.ROLLBACK_FAILED)
    assert progress.cause == f"prod runs {newer[:7]} now, which this release did not bring"
    assert release.progress["orders"].state is MemberState.TO_ROLL_BACK
    again = shop.answer("retry", "web")
    assert states(again) == all_in(BACK)


def test_a_service_waits_for_what_it_needs_to_run_there_again(shop: ReleaseWorld) -> None:
    shop.change_stage(lambda stage: replace(stage, release=ReleaseSettings(between_waves="ask")))
    shop.plan_release()
    shop.start_release()
    shop.stacks.deploy(shop.target("prod", "catalog"), shop.old["catalog"])
    release = shop.answer("go")
    progress = release.progress["orders"]
    assert (progress.state, progress.why) == (HELD, "blocked")
    assert (
        progress.cause
        == f"it needs catalog on {shop.new['catalog'][:7]}, and prod runs {shop.old['catalog'][:7]} there"
    )
    assert release.progress["billing"].state is VERIFIED


def test_a_rollback_that_loses_data_needs_its_name_and_takes_it(shop: ReleaseWorld) -> None:
    shop.plan_release()
    shop.start_release()
    hold(shop, "web", TABLE)
    release = shop.answer("roll_back_all")
    assert (release.status, release.progress["web"].state) == (PAUSED, MemberState.ROLLBACK_FAILED)
    assert "--allow-replace web:Table" in release.progress["web"].remedy
    assert release.progress["web"].losses == (Allowance("replace", "Table"),)
    assert shop.answer("retry", "web").progress["web"].state is MemberState.ROLLBACK_FAILED
    assert shop.running("web") == "new"
    allowed = (("web", Allowance("replace", "Table")),)
    shop.engine.releases.answer(NAME, ReleaseAnswer("retry", ("web",), "known", TYPED, allowances=allowed))
    assert states(shop.release()) == all_in(BACK)


@pytest.mark.parametrize("kind", ["roll_back", "roll_back_all"])
def test_the_word_that_a_promotion_may_lose_data_is_none_for_its_rollback(kind: AnswerKind, shop: ReleaseWorld) -> None:
    hold(shop, "web", TABLE)
    shop.plan_release()
    allowed = (("web", Allowance("replace", "Table")),)
    shop.broken.add("web")
    shop.engine.releases.start(NAME, ReleaseConfirmation(TYPED, allowances=allowed))
    shop.broken.clear()
    assert shop.release().progress["web"].state is FAILED
    shop.stacks.deploy(shop.target("prod", "web"), shop.new["web"])  # by hand, after all
    release = shop.answer(kind, *(["web"] if kind == "roll_back" else []))
    assert (release.progress["web"].state, shop.running("web")) == (MemberState.ROLLBACK_FAILED, "new")
    assert release.progress["web"].losses == (Allowance("replace", "Table"),)
    shop.engine.releases.answer(NAME, ReleaseAnswer("retry", ("web",), "known", TYPED, allowances=allowed))
    assert shop.running("web") == "old"


def test_what_changes_otherwise_says_with_it_what_loses_data(shop: ReleaseWorld) -> None:
    shop.plan_release()
    hold(shop, "orders", TABLE)
    progress = shop.start_release().progress["orders"]
    assert (progress.why, progress.losses) == ("changed", (Allowance("replace", "Table"),))
    progress = shop.answer("retry", "orders").progress["orders"]
    assert (progress.state, progress.why, progress.losses) == (HELD, "blocked", (Allowance("replace", "Table"),))
    allowed = (("orders", Allowance("replace", "Table")),)
    shop.engine.releases.answer(NAME, ReleaseAnswer("retry", ("orders",), "", TYPED, allowances=allowed))
    assert shop.release().status is DONE
