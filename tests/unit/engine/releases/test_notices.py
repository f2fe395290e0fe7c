"""What the channels hear of a release: one start, each wait for a person, one end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError
from promote_tui.core.model.channels import Slack
from promote_tui.core.model.pipeline import ReleaseSettings
from promote_tui.core.value import replace
from tests.support.release_world import NAME

if TYPE_CHECKING:
    from tests.support.release_world import ReleaseWorld


@pytest.fixture
def heard(shop: ReleaseWorld) -> ReleaseWorld:
    """A channel hears of everything."""
    shop.pipeline = replace(shop.pipeline, notify=(Slack("${URL}"),))
    shop.plan_release()
    return shop


def texts(shop: ReleaseWorld) -> list[str]:
    """Return what was sent."""
    return [text for _, text in shop.notifier.sent]


def test_a_start_and_an_end_are_told_and_no_member(heard: ReleaseWorld) -> None:
    heard.start_release()
    assert sorted(texts(heard)) == [
        f"▸ release {NAME} prod: 5 services in 3 waves, by ana",
        f"✓ release {NAME} prod: done: 5 verified, by ana",
    ]


def test_a_failure_is_told_by_the_run_and_what_waits_by_the_release(heard: ReleaseWorld) -> None:
    heard.broken.add("orders")
    heard.start_release()
    told = texts(heard)
    assert sum(text.startswith("✗ orders prod") for text in told) == 1
    waits = next(text for text in told if text.startswith(f"✗ release {NAME} prod: it waits for an answer; orders: "))
    assert waits.endswith(f"; promote-tui release show {NAME}")
    heard.answer("skip", "orders")
    assert texts(heard)[-1] == f"✓ release {NAME} prod: done: 3 verified, 2 skipped, by ana"
    assert sum(text.startswith("▸") for text in texts(heard)) == 1


def test_a_wait_for_a_go_asks_for_it(heard: ReleaseWorld) -> None:
    heard.change_stage(lambda stage: replace(stage, release=ReleaseSettings(between_waves="ask")))
    heard.start_release()
    assert texts(heard)[-1] == (
        f"? release {NAME} prod: wave 2 waits for its go: orders, billing, web; promote-tui release show {NAME}"
    )


def test_all_of_it_taken_back_is_told_once(heard: ReleaseWorld) -> None:
    heard.start_release()
    heard.notifier.sent.clear()
    heard.answer("roll_back_all")
    assert texts(heard) == [f"✓ release {NAME} prod: rolled back: 5 rolled back, by ana"]


def test_a_channel_that_fails_stops_nothing_and_is_in_the_log(
    heard: ReleaseWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    heard.notifier.fails = AwsError("slack", "no such hook")
    assert heard.start_release().status.value == "done"
    assert "notify[0] (slack): no such hook" in capsys.readouterr().err
