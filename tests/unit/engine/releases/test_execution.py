"""A release from its plan to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import Refused
from promote_tui.core.releases.release import MemberState, ReleaseStatus
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
