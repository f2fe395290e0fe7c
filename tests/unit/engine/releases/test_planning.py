"""What a release fixes when it is planned, and what it leaves out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.model import SetChange
from promote_tui.core.errors import AwsError, LedgerError, Refused, UsageError
from promote_tui.core.releases.events import ReleaseConfirmed
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.core.releases.review import ReviewedChange
from promote_tui.core.value import replace
from promote_tui.engine.releases.planning import PlanWatch, ReleaseRequest
from promote_tui.engine.releases.record import append
from tests.support.engine_world import Died
from tests.support.release_world import NAME, SHOP, TYPED, WAVES

if TYPE_CHECKING:
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.releases.selection import Candidate
    from tests.support.release_world import ReleaseWorld


def left_out(release: Release) -> dict[str, str]:
    """Return why services are no members."""
    return {each.service: each.reason for each in release.planned.left_out}


def test_the_set_is_fixed_when_it_is_planned(shop: ReleaseWorld) -> None:
    for stage in ("dev", "staging"):
        shop.promote(stage, shop.new["orders"])
    release = shop.plan_release()
    assert {member.service: (member.from_commit, member.commit) for member in release.members} == {
        name: (shop.old[name], shop.new[name]) for name in SHOP
    }
    shop.commit("newer")
    for stage in ("dev", "staging"):
        shop.promote(stage)
    shop.start_release()
    assert shop.running("orders") == "new"


def test_an_unchanged_service_is_left_out_and_its_dependants_are_not(shop: ReleaseWorld) -> None:
    shop.stacks.deploy(shop.target("prod", "orders"), shop.new["orders"])
    release = shop.plan_release()
    assert left_out(release) == {"orders": f"prod runs {shop.new['orders'][:7]} already"}
    assert release.planned.left_out[0].unchanged
    assert release.planned.waves == (("identity", "catalog"), ("billing",), ("web",))
    assert release.member("web").needs == ("billing", "catalog")


def test_a_stage_that_is_ahead_keeps_its_commits_unless_the_service_is_named(shop: ReleaseWorld) -> None:
    for stage in ("dev", "staging"):
        shop.promote(stage, shop.old["orders"])
    shop.stacks.deploy(shop.target("prod", "orders"), shop.new["orders"])
    assert left_out(shop.plan_release()) == {"orders": "prod is 1 commit ahead of staging"}
    named = shop.engine.releases.plan(ReleaseRequest("named", "prod", ("orders",)))
    assert named.reviews["orders"].removes == 1


def test_the_first_deploy_has_no_way_back(shop: ReleaseWorld) -> None:
    shop.stacks.delete(shop.target("prod", "orders"))
    assert shop.plan_release().reviews["orders"].one_way == "nothing runs there yet"


def test_a_service_that_cannot_be_read_is_left_out_with_its_reason(shop: ReleaseWorld) -> None:
    shop.stacks.unreachable(shop.target("staging", "orders"), "no answer")
    assert left_out(shop.plan_release())["orders"] == "no answer"


def test_a_service_without_a_verified_commit_is_left_out_with_its_reason(shop: ReleaseWorld) -> None:
    shop.stacks.delete(shop.target("staging", "orders"))
    release = shop.plan_release()
    (orders,) = release.planned.left_out
    assert (orders.reason, orders.remedy, orders.unchanged) == (
        "no commit that is verified in staging is on main",
        "promote to staging first or merge",
        False,
    )


def test_named_services_alone_are_looked_at(shop: ReleaseWorld) -> None:
    release = shop.plan_release("web", "billing")
    assert (release.planned.waves, release.planned.left_out) == ((("billing",), ("web",)), ())


@pytest.mark.parametrize(
    ("services", "words"),
    [(("orders", "orders"), "service orders: it is there twice"), (("nothing",), "there is no such service")],
)
def test_services_that_cannot_be_meant_are_refused(services: tuple[str, ...], words: str, shop: ReleaseWorld) -> None:
    with pytest.raises(UsageError, match=words):
        shop.plan_release(*services)
    assert shop.engine.releases.newest() == ()


@pytest.mark.parametrize("name", ["", "a b", "-x", "x" * 65, "a/b", "a\nb", "é"])
def test_a_name_that_cannot_be_typed_is_refused(name: str, shop: ReleaseWorld) -> None:
    with pytest.raises(UsageError, match="a release's name is up to 64"):
        shop.plan_release(name=name)


def test_a_name_that_exists_is_refused_and_the_first_release_stays(shop: ReleaseWorld) -> None:
    before = shop.plan_release()
    with pytest.raises(UsageError, match="a release of this name exists"):
        shop.plan_release("orders")
    assert shop.release() == before


def test_a_name_that_is_taken_while_the_services_are_read_is_refused(shop: ReleaseWorld) -> None:
    once = threading.Event()

    def meanwhile(_candidate: Candidate) -> None:
        if not once.is_set():
            once.set()
            shop.plan_release("web")

    with pytest.raises(UsageError, match="a release of this name exists"):
        shop.engine.releases.plan(ReleaseRequest(NAME, "prod"), PlanWatch(meanwhile))
    assert [member.service for member in shop.release().members] == ["web"]


def test_the_first_stage_has_nothing_to_release_from(shop: ReleaseWorld) -> None:
    with pytest.raises(UsageError, match="stage dev: no stage comes before it"):
        shop.plan_release(stage="dev")


def test_nothing_new_is_no_release(shop: ReleaseWorld) -> None:
    for name in SHOP:
        shop.stacks.deploy(shop.target("prod", name), shop.new[name])
    with pytest.raises(UsageError, match="prod runs everything that is verified before it"):
        shop.plan_release()
    assert shop.engine.releases.newest() == ()


def test_nothing_readable_is_an_error_with_its_reason(shop: ReleaseWorld) -> None:
    for name in SHOP:
        shop.stacks.unreachable(shop.target("staging", name), "no answer")
    with pytest.raises(AwsError, match=r"no service can go to prod; identity: .*no answer"):
        shop.plan_release()


def test_nothing_is_planned_under_read_only(shop: ReleaseWorld) -> None:
    shop.pipeline = replace(shop.pipeline, read_only=True)
    with pytest.raises(Refused, match="--read-only"):
        shop.plan_release()


def test_each_member_is_reviewed_and_nothing_of_its_plan_is_left(shop: ReleaseWorld) -> None:
    change = SetChange("Table", "AWS::DynamoDB::Table", "modify", "true")
    shop.inspector.change_sets[shop.target("prod").key] = (change,)
    release = shop.plan_release()
    assert set(release.reviews) == set(SHOP)
    review = release.reviews["orders"]
    assert review.changes == (ReviewedChange("Table", "AWS::DynamoDB::Table", "modify", "true", holds_data=True),)
    assert (review.commits, review.authors) == (1, ("ana",))
    assert list((shop.folder / "state" / "plans").iterdir()) == []
    assert shop.checkouts.held == {}


def test_a_member_that_cannot_be_packaged_yet_stays_one(shop: ReleaseWorld) -> None:
    shop.deployer.refuses = "cannot resolve ${cf:catalog-prod.Url}"
    release = shop.plan_release()
    assert "cannot resolve" in release.reviews["web"].problem
    assert len(release.members) == len(SHOP)


def test_each_candidate_and_each_review_is_heard_of(shop: ReleaseWorld) -> None:
    seen, reviewed = [], []
    watch = PlanWatch(lambda each: seen.append(each.service), lambda name, _review: reviewed.append(name))
    shop.engine.releases.plan(ReleaseRequest(NAME, "prod"), watch)
    assert (sorted(seen), sorted(reviewed)) == (sorted(SHOP), sorted(SHOP))


def test_a_ledger_that_fails_fails_the_planning(shop: ReleaseWorld) -> None:
    def fail(_event: object) -> None:
        raise LedgerError("ledger", "no answer")

    shop.ledger = shop.ledger.beside(before_release_event=fail)
    with pytest.raises(LedgerError, match="no answer"):
        shop.plan_release()


@pytest.fixture
def interrupted(shop: ReleaseWorld) -> ReleaseWorld:
    """The planning of orders, which changes a topic, was killed before its review."""

    def die(event: object) -> None:
        if "Reviewed" in type(event).__name__:
            raise Died

    change = SetChange("Topic", "AWS::SNS::Topic", "modify")
    shop.inspector.change_sets[shop.target("prod").key] = (change,)
    ledger, shop.ledger = shop.ledger, shop.ledger.beside(before_release_event=die)
    with pytest.raises(Died):
        shop.plan_release("orders")
    shop.ledger = ledger
    return shop


def test_what_nobody_has_reviewed_is_not_confirmed_and_can_be_reviewed_later(interrupted: ReleaseWorld) -> None:
    shop = interrupted
    with pytest.raises(Refused, match="nobody has seen what orders would change: the planning was interrupted"):
        shop.start_release()
    assert shop.release().status is ReleaseStatus.PLANNED
    heard: list[str] = []
    release = shop.engine.releases.review(NAME, PlanWatch(on_review=lambda service, _review: heard.append(service)))
    assert (heard, release.unreviewed) == (["orders"], ())
    assert [each.logical_id for each in release.reviews["orders"].changes] == ["Topic"]
    assert shop.start_release().status is ReleaseStatus.DONE


def test_what_was_reviewed_is_not_reviewed_again(shop: ReleaseWorld) -> None:
    shop.plan_release("orders")
    packaged = len(shop.deployer.packaged)
    assert shop.engine.releases.review(NAME) == shop.release()
    assert len(shop.deployer.packaged) == packaged


def test_what_nobody_has_reviewed_is_asked_about_when_its_turn_comes(interrupted: ReleaseWorld) -> None:
    shop = interrupted
    by_an_older_version = ReleaseConfirmed(shop.clock.now(), "ana", "arn:ana", TYPED)
    append(shop.context, NAME, lambda _release: by_an_older_version)
    shop.engine.releases.resume(NAME)
    release = shop.release()
    assert release.status is ReleaseStatus.PAUSED
    assert "Topic would be modified" in release.progress["orders"].cause
    assert shop.deployed() == []
    assert shop.answer("retry", "orders").status is ReleaseStatus.DONE


def test_waves_are_those_of_what_they_depend_on(shop: ReleaseWorld) -> None:
    assert shop.plan_release().planned.waves == WAVES


def test_a_release_that_would_bring_nothing_is_a_wrong_wish_not_a_failure(shop: ReleaseWorld) -> None:
    for name in SHOP:
        shop.stacks.deploy(shop.target("prod", name), shop.new[name])
    for stage in ("dev", "staging"):
        shop.promote(stage, shop.old["orders"])
    with pytest.raises(UsageError, match="no service can go to prod; orders: prod is 1 commit ahead of staging"):
        shop.plan_release()
