"""The previews on the screen: what there is, deploying a branch, and removing what a person has seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, Refused
from promote_tui.core.model.pipeline import Aws, Branch, PreviewSettings
from promote_tui.core.previews.names import preview_name
from promote_tui.core.previews.outcome import PreviewOutcome
from promote_tui.core.previews.preview import Preview, PreviewStack
from promote_tui.core.previews.stage import preview_target
from promote_tui.core.value import replace
from promote_tui.tui.options import Options
from tests.support.driver import LARGE, SMALL, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine
from tests.support.golden import golden_at_both_sizes

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.previews.preview import BranchState
    from tests.support.driver import Driver

AWS = Aws("eu-west-1", "111111111111", "acme-dev")
SETTINGS = PreviewSettings(
    ("feature/*",), AWS, "dev", (("orders", "orders-{stage}"), ("billing", "billing-{stage}")), limit=5, max_age=86400.0
)


def preview(branch: str, state: BranchState, hours: float, *services: str, owner: str = "ana") -> Preview:
    """A preview whose stacks were deployed so many hours ago."""
    at = world.NOW - timedelta(hours=hours)
    stacks = tuple(
        PreviewStack(
            preview_target(SETTINGS, service, branch),
            "id",
            "UPDATE_COMPLETE",
            world.sha("8d20b6e"),
            at,
            (("Url", f"https://{service}.example.com"),),
            (("AWS::EC2::NatGateway", 1),) if service == "orders" else (),
        )
        for service in services
    )
    return Preview(preview_name(branch), branch, stacks, state, "", owner)


LOGIN = preview("feature/login", "open", 2, "orders", "billing")
MERGED = preview("feature/refunds", "merged", 5, "billing", owner="joe")
LONG = "feature/a-very-long-name-of-a-branch-that-nobody-can-read-in-a-column"
OLD = preview(LONG, "unknown", 50, "orders", owner="")


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    """An engine with three previews."""
    made = FakeEngine(replace(world.pipeline(), previews=SETTINGS), folder=tmp_path)
    made.script.previews = (LOGIN, MERGED, replace(OLD, branch_problem="no network"))
    tips = [Branch(name, world.commit("8d20b6e")) for name in ("feature/login", "feature/search")]
    made.script.branches["orders"] = tuple(tips)
    return made


async def opened(it: Driver, *words: str) -> None:
    """Go to the previews, and wait for them."""
    await it.press("V")
    await it.shows("PreviewsScreen")
    await it.sees(*words)


async def test_what_previews_look_like(engine: FakeEngine) -> None:
    async with driving(engine, SMALL) as it:
        await opened(it, "3 of 5 previews", "2 can be pruned", LOGIN.name, "https://orders.example.com")
        await golden_at_both_sizes(it, "previews")


async def test_the_dialog_of_a_removal_names_what_goes_and_keeping_is_the_safe_answer(engine: FakeEngine) -> None:
    engine.script.full_buckets = {LOGIN.name: ("uploads",)}
    async with driving(engine, SMALL) as it:
        await opened(it, LOGIN.name)
        await it.press("d")
        await it.sees("Remove 2 stacks", f"orders-{LOGIN.name}", "bucket uploads holds something")
        await golden_at_both_sizes(it, "previews-remove")
        await it.press("enter")
        await it.shows("PreviewsScreen")
        assert engine.called("previews.remove") == []


async def test_a_preview_is_removed_once_a_person_says_so_with_what_its_buckets_hold(engine: FakeEngine) -> None:
    engine.script.full_buckets = {LOGIN.name: ("uploads",)}
    async with driving(engine, LARGE) as it:
        await opened(it, LOGIN.name)
        await it.press("d")
        await it.sees("Remove, with what buckets hold")
        await it.press("right", "enter")
        await it.until(lambda: bool(engine.called("previews.remove")))
        await it.until(lambda: len(engine.called("previews.list")) == 2)
        assert engine.called("previews.remove") == [(LOGIN.name, "", ("uploads", "uploads"))]
        assert any("orders and billing removed" in toast for toast in it.toasts)


async def test_only_those_that_nobody_needs_are_pruned(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await opened(it, LOGIN.name)
        await it.press("P")
        await it.sees("Remove 2 stacks", MERGED.name, "its branch", "older than 1d")
        await it.press("right", "enter")
        await it.until(lambda: len(engine.called("previews.remove")) == 2)
        assert [call[0] for call in engine.called("previews.remove")] == [MERGED.name, OLD.name]
        await it.sees("1 of 5 previews")
        await it.press("P")
        await it.until(lambda: any("nothing has to be removed" in toast for toast in it.toasts))


async def test_a_branch_is_chosen_confirmed_and_deployed(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await opened(it, LOGIN.name)
        await it.press("n")
        await it.sees("2 branches that may have a preview")
        await it.type("search")
        await it.press("enter")
        await it.sees(f"Deploy {preview_name('feature/search')}", "in account 111111111111", "8d20b6e")
        assert engine.called("previews.up") == []
        await it.press("right", "enter")
        await it.until(lambda: engine.called("previews.up") == [("feature/search", ())])
        await it.until(lambda: any("deployed" in toast for toast in it.toasts))


async def test_what_failed_is_said(engine: FakeEngine) -> None:
    engine.script.removal_outcome = PreviewOutcome("orders", LOGIN.name, "failed", reason="the stack is still there")
    async with driving(engine, LARGE) as it:
        await opened(it, LOGIN.name)
        await it.press("d")
        await it.sees("Remove 2 stacks")
        await it.press("right", "enter")
        await it.until(lambda: any("the stack is still there" in toast for toast in it.toasts))
        assert "error" in it.severities.values()


async def test_what_is_refused_before_it_is_asked_is_said(engine: FakeEngine) -> None:
    engine.script.errors["previews.plan_removal"] = Refused("orders", "its name is not that of a preview", "see there")
    async with driving(engine, LARGE) as it:
        await opened(it, LOGIN.name)
        await it.press("d")
        await it.sees("its name is not that of a preview")
        assert engine.called("previews.remove") == []


async def test_trouble_in_reading_stands_where_the_previews_would_and_a_refresh_fetches(engine: FakeEngine) -> None:
    engine.script.errors["previews.list"] = AwsError("previews", "no network", "try again")
    async with driving(engine, SMALL) as it:
        await opened(it, "no network")
        del engine.script.errors["previews.list"]
        await it.press("r")
        await it.sees(LOGIN.name)
        assert engine.called("previews.fetch") == [()]


async def test_under_read_only_nothing_is_asked(engine: FakeEngine) -> None:
    async with driving(engine, LARGE, Options(read_only=True)) as it:
        await opened(it, LOGIN.name)
        await it.press("d", "P", "n")
        await it.until(lambda: any("--read-only" in toast for toast in it.toasts))
        assert engine.called("previews.plan_removal") == []


async def test_without_previews_in_the_configuration_the_key_says_so(engine: FakeEngine) -> None:
    engine.configure(world.pipeline())
    async with driving(engine, LARGE) as it:
        await it.sees("orders")
        await it.press("V")
        await it.until(lambda: any("the configuration has no previews" in toast for toast in it.toasts))
