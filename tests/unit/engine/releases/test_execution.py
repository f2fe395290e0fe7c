"""A release from its plan to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import Refused
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.releases.release import MemberState, ReleaseStatus
from promote_tui.core.value import replace
from tests.support.release_world import NAME, SHOP, TYPED, WAVES, all_in, states

if TYPE_CHECKING:
    from tests.support.release_world import ReleaseWorld


def test_every_service_is_promoted_wave_by_wave(shop: ReleaseWorld) -> None:
    planned = shop.plan_release()
    assert (planned.status, planned.planned.waves) == (ReleaseStatus.PLANNED, WAVES)
    release = shop.start_release()
    assert (release.status, states(release)) == (ReleaseStatus.DONE, all_in(MemberState.VERIFIED))
    assert [sorted(shop.deployed()[start:end]) for start, end in ((0, 2), (2, 4), (4, 5))] == [
        sorted(wave) for wave in WAVES
    ]
    assert {shop.running(name) for name in SHOP} == {"new"}
    assert shop.engine.releases.worker(NAME) is None


def test_each_run_names_its_release(shop: ReleaseWorld) -> None:
    shop.plan_release()
    release = shop.start_release()
    runs = [shop.engine.runs.find(progress.run) for progress in release.progress.values()]
    assert {run.planned.release for run in runs} == {NAME}


@pytest.mark.parametrize("typed", ["", "yes", "web prod", "release prod", f"{TYPED} ", f"release {NAME} staging"])
def test_nothing_else_confirms_it(typed: str, shop: ReleaseWorld) -> None:
    shop.plan_release()
    with pytest.raises(Refused, match=f'not confirmed; pass --confirm "{TYPED}"'):
        shop.start_release(typed)
    assert shop.deployed() == []
    assert shop.release().status is ReleaseStatus.PLANNED


@pytest.mark.parametrize(
    ("release", "typed"),
    [
        ("a", "release b prod"),
        ("a", "release a staging"),
        ("a", "orders prod"),
        ("a", "release a  prod"),
        ("", "release a prod"),
        ("", "release  prod"),
    ],
)
def test_no_phrase_opens_anothers_plan(release: str, typed: str, shop: ReleaseWorld) -> None:
    draft = shop.engine.plans.draft("orders", "prod", shop.new["orders"], PromotionOptions(release=release))
    plan = shop.engine.plans.make(draft)
    with pytest.raises(Refused, match="not confirmed"):
        approve(plan, Confirmation(yes=True, typed=typed), shop.clock.now())


def test_the_phrase_of_another_release_starts_nothing(shop: ReleaseWorld) -> None:
    shop.plan_release("orders", name="a")
    shop.plan_release("web", name="b")
    with pytest.raises(Refused, match="not confirmed"):
        shop.start_release("release b prod", "a")
    assert shop.start_release("release a prod", "a").status is ReleaseStatus.DONE
    assert shop.deployed() == ["orders"]


def test_a_service_that_is_gone_from_the_configuration_waits_for_an_answer(shop: ReleaseWorld) -> None:
    shop.plan_release("identity", "catalog")
    services = tuple(each for each in shop.pipeline.services if each.name != "catalog")
    shop.pipeline = replace(shop.pipeline, services=services)
    release = shop.start_release()
    assert (release.status, release.progress["catalog"].cause) == (ReleaseStatus.PAUSED, "there is no such service")
    assert release.progress["identity"].state is MemberState.VERIFIED
    assert shop.answer("skip", "catalog").status is ReleaseStatus.DONE
