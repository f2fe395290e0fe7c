"""The inbox: what waits, several signed off with one reason, and the place opened that decides."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError
from promote_tui.core.value import replace
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.tui.options import Options
from tests.support.driver import LARGE, SMALL, driving
from tests.support.golden import golden_at_both_sizes
from tests.support.tui_inbox import (
    APPROVAL,
    EVERYTHING,
    EXTERNAL,
    HOLD,
    HOTFIX,
    OF_RELEASE,
    PAUSED,
    SECOND,
    SOAKED,
    TICK,
    UNREAD,
)

if TYPE_CHECKING:
    from promote_tui.core.inbox.item import InboxItem
    from tests.support.driver import Driver
    from tests.support.fakes.engine import FakeEngine


async def opened(it: Driver, *words: str) -> None:
    """Go to the inbox, and wait for it."""
    await it.press("5")
    await it.shows("InboxScreen")
    await it.sees(*words)


async def test_what_an_inbox_looks_like(engine: FakeEngine) -> None:
    engine.script.inbox = EVERYTHING
    async with driving(engine) as it:
        await opened(it, "APPROVALS", "orders/prod")
        await golden_at_both_sizes(it, "inbox-filled")
        await it.pilot.resize_terminal(*SMALL)
        await it.press("down", "down", "space")
        await it.sees("1 marked")
        await golden_at_both_sizes(it, "inbox-marked")


async def test_the_dialog_names_what_is_approved_with_one_reason(engine: FakeEngine) -> None:
    engine.script.inbox = (APPROVAL, SECOND, OF_RELEASE)
    async with driving(engine) as it:
        await opened(it, "orders/prod")
        await it.press("space", "space", "space", "a")
        await it.sees("Approve 3 items")
        await golden_at_both_sizes(it, "inbox-approve")


async def test_the_bar_of_every_root_screen_counts_what_waits(engine: FakeEngine) -> None:
    engine.script.inbox = (APPROVAL, TICK, UNREAD)
    async with driving(engine, LARGE) as it:
        await it.sees("5 Inbox 2")
        for key in "234":
            await it.press(key)
            await it.sees("5 Inbox 2")


async def test_the_bar_is_as_ever_where_nothing_waits_and_asks_where_nothing_is_known(engine: FakeEngine) -> None:
    async with driving(engine, LARGE) as it:
        await it.until(lambda: it.app.inbox.inbox is not None)
        assert "Inbox" not in it.text
        engine.script.inbox = (UNREAD,)
        await it.press("r")
        await it.sees("5 Inbox ?")


async def test_the_inbox_is_read_after_each_refresh_by_the_matrix_that_was_read(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.until(lambda: len(engine.called("inbox")) == 1)
        assert engine.called("inbox") == [(True,)]
        await it.press("r")
        await it.until(lambda: len(engine.called("inbox")) == 2)


async def test_an_inbox_that_is_wanted_while_it_is_read_is_read_right_after(engine: FakeEngine) -> None:
    engine.script.holds["inbox"] = held = threading.Event()
    async with driving(engine) as it:
        await it.until(lambda: len(engine.called("inbox")) == 1)
        it.app.inbox.read_again()
        it.app.inbox.read_again()
        held.set()
        await it.until(lambda: len(engine.called("inbox")) == 2)
        await it.settle()
        assert len(engine.called("inbox")) == 2


async def test_an_empty_inbox_says_so(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await opened(it, "nothing waits for you")


async def test_an_inbox_that_cannot_be_read_says_why_and_shows_what_it_knew(engine: FakeEngine) -> None:
    engine.script.errors["inbox"] = LedgerError("ledger", "no network", "try again")
    async with driving(engine) as it:
        await opened(it, "ledger: no network; try again")
        del engine.script.errors["inbox"]
        engine.script.inbox = (APPROVAL,)
        await it.press("r")
        await it.sees("orders/prod")
        engine.script.errors["inbox"] = LedgerError("ledger", "no network", "try again")
        await it.press("r")
        await it.sees("ledger: no network; try again", "orders/prod")


async def test_several_are_approved_with_one_reason_and_each_release_as_a_whole(engine: FakeEngine) -> None:
    engine.script.inbox = (APPROVAL, SECOND, TICK)
    async with driving(engine, LARGE) as it:
        await opened(it, "orders/prod")
        await it.press("space", "space", "a")
        await it.sees("Approve 2 items with one reason")
        await it.press("tab")
        await it.type("seen in staging")
        await it.press("enter")
        await it.until(lambda: "approved 2 services as ana" in it.toasts)
        (asked,) = engine.called("decisions.record_all")
        assert asked == (
            "approve",
            DecisionRequest("approve", "billing", "prod", SECOND.commit, "seen in staging"),
            DecisionRequest("approve", "orders", "prod", APPROVAL.commit, "seen in staging"),
        )
        await it.until(lambda: len(engine.called("inbox")) == 2)


async def test_an_approval_needs_a_reason_and_a_tick_none(engine: FakeEngine) -> None:
    engine.script.inbox = (APPROVAL, TICK)
    async with driving(engine, LARGE) as it:
        await opened(it, "orders/prod")
        await it.press("a", "tab", "enter")
        await it.sees("A reason is required.")
        await it.press("escape")
        assert engine.called("decisions.record_all") == []
        await it.press("down", "t", "tab", "enter")
        await it.until(lambda: "ticked for 1 service as ana" in it.toasts)
        (asked,) = engine.called("decisions.record_all")
        assert asked == (
            "check",
            DecisionRequest("check", "orders", "prod", TICK.commit, "", "QA signed off"),
        )


async def test_a_release_is_approved_and_ticked_by_its_name(engine: FakeEngine) -> None:
    tick = replace(OF_RELEASE, kind="tick", entry="QA")
    engine.script.inbox = (OF_RELEASE, tick)
    async with driving(engine, LARGE) as it:
        await opened(it, "release 2026-01-31")
        await it.press("a", "tab")
        await it.type("fine")
        await it.press("enter")
        await it.until(lambda: any("there is no such release" in each for each in it.toasts))
        await it.press("down", "t", "tab", "enter")
        await it.until(lambda: len(engine.called("releases.check")) == 1)
        assert [each[0] for each in engine.called("releases.approve")] == ["2026-01-31"]
        assert engine.called("releases.check")[0][:2] == ("2026-01-31", "QA")


async def test_nothing_is_given_that_is_not_there_to_be_given(engine: FakeEngine) -> None:
    engine.script.inbox = (HOLD, TICK)
    async with driving(engine, LARGE) as it:
        await opened(it, "checkout/prod")
        await it.press("a")
        await it.until(lambda: "no approval is marked, or under the cursor" in it.toasts)
        await it.press("down", "space")
        await it.until(lambda: "only approvals and ticks can be marked" in it.toasts)


async def test_read_only_gives_nothing(engine: FakeEngine) -> None:
    engine.script.inbox = (APPROVAL,)
    async with driving(engine, LARGE, Options(read_only=True)) as it:
        await opened(it, "orders/prod")
        await it.press("a")
        await it.until(lambda: "promote-tui was started with --read-only" in it.toasts)


@pytest.mark.parametrize(
    ("item", "screen"),
    [
        (APPROVAL, "PromoteScreen"),
        (TICK, "PromoteScreen"),
        (SOAKED, "PromoteScreen"),
        (HOTFIX, "ServiceScreen"),
        (HOLD, "ReasonDialog"),
        (EXTERNAL, "ReasonDialog"),
        (replace(HOLD, services=("checkout", "emails")), "ReasonDialog"),
    ],
    ids=lambda each: each if isinstance(each, str) else each.kind,
)
async def test_enter_opens_the_place_where_it_is_decided(item: InboxItem, screen: str, engine: FakeEngine) -> None:
    engine.script.inbox = (item,)
    async with driving(engine, LARGE) as it:
        await opened(it, item.about)
        await it.press("enter")
        await it.shows(screen)


async def test_enter_opens_a_release(engine: FakeEngine) -> None:
    engine.script.inbox = (PAUSED,)
    async with driving(engine, LARGE) as it:
        await opened(it, "release friday")
        await it.press("enter")
        await it.shows("ReleaseScreen")


async def test_enter_says_what_helps_where_nothing_could_be_read(engine: FakeEngine) -> None:
    engine.script.inbox = (UNREAD,)
    async with driving(engine, LARGE) as it:
        await opened(it, "2 services/prod")
        await it.press("enter")
        await it.until(lambda: f"{UNREAD.words}; {UNREAD.command}" in it.toasts)


async def test_other_decisions_are_about_the_item_under_the_cursor(engine: FakeEngine) -> None:
    engine.script.inbox = (APPROVAL,)
    async with driving(engine, LARGE) as it:
        await opened(it, "orders/prod")
        await it.press("x")
        await it.sees("veto 8d20b6e permanently: Retry refunds on 409")
        assert engine.called("decisions.choices") == [("orders", "prod", APPROVAL.commit)]


async def test_only_mine_hides_what_is_somebody_elses(engine: FakeEngine) -> None:
    engine.script.inbox = (APPROVAL, SECOND, UNREAD)
    async with driving(engine, LARGE) as it:
        await opened(it, "orders/prod", "billing/prod")
        await it.press("m")
        await it.until(lambda: "orders/prod" not in it.text)
        assert "billing/prod" in it.text
        assert "2 services/prod" in it.text
        engine.script.inbox = (APPROVAL,)
        await it.press("r")
        await it.sees("nothing of yours waits; m shows everything")


async def test_a_mark_goes_with_its_item(engine: FakeEngine) -> None:
    engine.script.inbox = (APPROVAL, SECOND)
    async with driving(engine, LARGE) as it:
        await opened(it, "orders/prod")
        await it.press("space")
        await it.sees("1 marked")
        engine.script.inbox = (APPROVAL,)
        await it.press("r")
        await it.until(lambda: "billing/prod" not in it.text)
        assert "marked" not in it.text


async def test_the_command_and_the_commit_can_be_copied(engine: FakeEngine) -> None:
    engine.script.inbox = (PAUSED,)
    async with driving(engine, LARGE) as it:
        await opened(it, "release friday")
        screen = it.app.screen
        assert screen.copy_items() == [("command", PAUSED.command)]  # type: ignore[attr-defined]
