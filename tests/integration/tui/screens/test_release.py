"""A release by keys: from its plan over go / no-go and its waves to its end."""

from __future__ import annotations

import threading
import unicodedata
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from promote_tui.core.errors import GitError, LedgerError
from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.gates.options import Override
from promote_tui.core.releases.events import (
    Answered,
    Member,
    MemberEnded,
    MemberHeld,
    MemberStarted,
    ReleasePaused,
    ReleasePlanned,
)
from promote_tui.core.releases.release import MemberState
from promote_tui.core.releases.review import BlockedGate, MemberReview
from promote_tui.core.value import replace
from promote_tui.engine.releases.control import ReleaseAnswer, ReleaseConfirmation
from promote_tui.engine.releases.planning import ReleaseRequest
from promote_tui.tui.actions import navigation
from promote_tui.tui.options import Options
from promote_tui.tui.screens.release import ReleaseScreen
from promote_tui.tui.widgets.release_frame import ReleaseFrame
from tests.support.driver import LARGE, SMALL, Driver, driving
from tests.support.fakes import world
from tests.support.fakes.engine.releases import FakeReleases
from tests.support.golden import golden, golden_at_both_sizes
from tests.support.pipelines import without_stage
from tests.support.tui_release import (
    DATA,
    NAME,
    PHRASE,
    REVIEWS,
    SOAK,
    TABLE,
    begin,
    blocked_release,
    confirm,
    done_release,
    end,
    engine_before,
    failed_release,
    grave_release,
    held_release,
    plan,
    planned_release,
    running_release,
    stuck_release,
    waiting_release,
    write_log,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from promote_tui.core.releases.events import MemberOutcome
    from tests.support.fakes.engine import FakeEngine

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])


@asynccontextmanager
async def release(
    engine: FakeEngine, *words: str, size: tuple[int, int] = SMALL, options: Options | None = None
) -> AsyncIterator[Driver]:
    """Open the release and wait for these words."""
    async with driving(engine, size, options) as it:
        await it.settle()
        it.app.clear_notifications()  # of the runs that go on
        navigation.open_release(it.app, NAME)
        await it.shows("ReleaseScreen")
        await it.sees(*words)
        yield it


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("planned", planned_release, "✓ go   4 services in 3 waves"),
        ("blocked", blocked_release, "! no-go"),
        ("running", running_release, "1 of 3 "),
        ("failed", failed_release, "in trouble: orders"),
        ("held", held_release, "in trouble: checkout"),
        ("waiting", waiting_release, "wave 2 waits for its go"),
        ("done", done_release, "✓ done"),
    ],
)
async def test_release_looks_as_it_stands(name: str, make: Callable[[], FakeEngine], words: str) -> None:
    async with release(make(), words) as it:
        await golden_at_both_sizes(it, f"release-{name}")


async def confirmed(it: Driver) -> None:
    """Type the words in the frame and press its button."""
    await it.press("p")
    await it.until(lambda: isinstance(it.app.focused, Input))
    await press_confirm(it)


async def press_confirm(it: Driver) -> None:
    """Type the words where the cursor is, and press the button once it is open."""
    await it.type(PHRASE)
    await it.until(lambda: not it.app.screen.query_one("#confirm", Button).disabled)
    await it.press("tab", "enter")


async def test_the_typed_confirmation_starts_the_release() -> None:
    engine = planned_release()
    async with release(engine, "✓ go") as it:
        await confirmed(it)
        await it.sees("wave 1 of 3")
        assert engine.called("releases.start") == [(NAME, ReleaseConfirmation(PHRASE))]


@pytest.mark.parametrize("typed", ["", "release 2026-01-31 pro", "release 2026-01-31 prod ", "orders prod"])
async def test_without_the_exact_words_nothing_starts_whatever_is_pressed(typed: str) -> None:
    engine = planned_release()
    async with release(engine, "✓ go") as it:
        await it.press("p")
        await it.until(lambda: isinstance(it.app.focused, Input))
        await it.type(typed)
        await it.press("enter", "tab", "enter")
        await it.settle()
        assert it.app.screen.query_one("#confirm", Button).disabled
        assert not engine.called("releases.start")


async def test_enter_never_starts_anything_in_the_list_or_in_the_field() -> None:
    engine = planned_release()
    async with release(engine, "✓ go") as it:
        await it.press("p")
        await it.until(lambda: isinstance(it.app.focused, Input))
        await it.type(PHRASE)
        await it.until(lambda: not it.app.screen.query_one("#confirm", Button).disabled)
        await it.press("enter", "enter")
        await it.press("escape", "enter")
        await it.shows("ServiceScreen")
        assert not engine.called("releases.start")


async def test_account_region_and_stage_are_in_sight_in_the_bar_and_round_the_confirmation() -> None:
    async with release(planned_release(), "✓ go") as it:
        assert "prod  333333333333  eu-west-1" in it.text.splitlines()[0]
        assert "PROD  account 333333333333  eu-west-1" in it.text


async def test_what_loses_data_is_named_and_has_to_be_typed_too() -> None:
    engine = engine_before()
    engine.script.reviews["orders"] = replace(REVIEWS["orders"], changes=(TABLE,), blocked=(DATA,))
    plan(engine)
    async with release(engine, "LOSES", "orders OrdersTable is replaced: its data may be lost") as it:
        await it.press("p")
        await it.type(PHRASE)
        await it.settle()
        assert it.app.screen.query_one("#confirm", Button).disabled
        await it.press("tab")
        await it.type("OrdersTable")
        await it.until(lambda: not it.app.screen.query_one("#confirm", Button).disabled)
        await it.press("tab", "enter")
        await it.until(lambda: bool(engine.called("releases.start")))
        (given,) = [call[1] for call in engine.called("releases.start")]
        assert given == ReleaseConfirmation(PHRASE, allowances=(("orders", Allowance("replace", "OrdersTable")),))


async def test_a_blocked_gate_keeps_the_confirmation_away_until_it_opens_by_itself() -> None:
    engine = engine_before()
    soaks = GateResult("soak", passed=False, reason="2h of 4h in staging", opened_by="time")
    engine.script.reviews["orders"] = replace(REVIEWS["orders"], blocked=(replace(SOAK, overridable=False),))
    draft = engine.script.drafts["orders", "prod"]
    engine.script.drafts["orders", "prod"] = replace(draft, gates=(*draft.gates, soaks))
    plan(engine)
    async with release(engine, "orders: soak: 2h of 4h in staging", "opens by itself") as it:
        assert "Cancel" not in it.text
        soaked = GateResult("soak", passed=True, reason="4h of 4h in staging")
        engine.script.drafts["orders", "prod"] = replace(draft, gates=(*draft.gates, soaked))
        await it.press("r")
        await it.sees("✓ go", "Cancel")


async def test_approvals_are_given_for_the_whole_set_and_ticks_too() -> None:
    engine = blocked_release()
    engine.script.me = "lea"
    async with release(engine, "a approves, or asks", "t ticks it", size=LARGE) as it:
        await it.press("a")
        await it.shows("DecisionDialog")
        await it.sees("approve all of release", "ask others to approve")
        await it.press("down", "enter")
        await it.shows("ReasonDialog")
        await it.press("tab")
        await it.type("spring prices")
        await it.press("enter")
        await it.until(lambda: engine.called("releases.approve") == [(NAME, "spring prices")])
        await it.sees("approvals  by lea")
        await it.press("t")
        await it.shows("DecisionDialog")
        await it.press("down", "enter")
        await it.shows("ReasonDialog")
        await it.press("tab", "enter")
        await it.until(lambda: [call[1] for call in engine.called("releases.check")] == ["on call knows"])
        await it.sees("2 of 2")


async def test_what_the_gates_offer_can_be_chosen_before_the_sign_offs_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = blocked_release()
    monkeypatch.setattr(type(engine.releases), "sign_offs", lambda *_: ())
    async with release(engine, "a approves, or asks", "t ticks it", size=LARGE) as it:
        await it.press("a")
        await it.shows("DecisionDialog")
        await it.sees("approve all of release", "ask others to approve")
        await it.press("escape", "t")
        await it.shows("DecisionDialog")
        await it.sees("tick on call knows for the whole release")


async def test_an_approval_that_somebody_else_gives_appears_by_itself() -> None:
    engine = blocked_release()
    async with release(engine, "SIGN-OFFS", "0 of 2", size=LARGE) as it:
        engine.script.me = "lea"
        engine.releases.approve(NAME, "looks good")
        it.app.refresh_cells()
        await it.sees("approvals  by lea", "1 of 2")


async def test_others_are_asked_for_their_approval_of_each_service() -> None:
    engine = blocked_release()
    async with release(engine, "a approves, or asks", "sign-offs 0 of 2") as it:
        await it.press("a")
        await it.shows("DecisionDialog")
        await it.press("down", "down", "enter")
        await it.shows("ReasonDialog")
        await it.press("tab", "enter")
        await it.until(lambda: "asked for approval of 4 services" in it.toasts)
        assert {call[0] for call in engine.called("decisions.ask_approval")} == {*REVIEWS}


async def test_an_override_with_its_reason_goes_with_the_confirmation() -> None:
    engine = engine_before()
    engine.script.reviews["orders"] = replace(REVIEWS["orders"], blocked=(SOAK,))
    plan(engine)
    async with release(engine, "orders: soak", "opens by itself", "o overrides") as it:
        await it.press("o")
        await it.shows("ReasonDialog")
        await it.press("tab")
        await it.type("hotfix")
        await it.press("enter")
        await it.shows("ReleaseScreen")
        await it.sees("✓ go", "! overridden")
        await confirmed(it)
        await it.until(lambda: bool(engine.called("releases.start")))
        (given,) = [call[1] for call in engine.called("releases.start")]
        assert given == ReleaseConfirmation(PHRASE, overrides=(("orders", Override("soak", "hotfix")),))


async def test_a_service_is_left_out_with_what_needs_it_before_the_release_begins() -> None:
    engine = planned_release()
    async with release(engine, "✓ go   4 services") as it:
        await it.press("down", "s")
        await it.shows("ReasonDialog")
        await it.sees("Leave billing out", "What needs it goes with it: checkout")
        await it.press("tab")
        await it.type("not today")
        await it.press("enter")
        await it.shows("ReleaseScreen")
        await it.sees("✓ go   2 services in 2 waves", "not today")
        assert engine.called("releases.answer") == [(NAME, ReleaseAnswer("skip", ("billing",), "not today"))]


async def test_a_retry_is_confirmed_and_names_the_service_in_trouble() -> None:
    engine = failed_release()
    async with release(engine, "in trouble: orders", "e retry") as it:
        await it.press("e")
        await it.until(lambda: isinstance(it.app.focused, Input))
        await it.sees("RETRIES", "orders in prod", "Retry orders")
        await press_confirm(it)
        await it.until(lambda: bool(engine.called("releases.answer")))
        assert engine.called("releases.answer") == [(NAME, ReleaseAnswer("retry", ("orders",), typed=PHRASE))]
        await it.sees("wave 2 of 3")


REMOVED, REPLACED = Allowance("remove", "OrdersTable"), Allowance("replace", "Uploads")


async def test_a_rollback_that_loses_data_is_retried_only_with_the_names() -> None:
    engine = stuck_release(REMOVED, REPLACED)
    async with release(engine, "would lose the data of OrdersTable and Uploads", "e asks for the names") as it:
        await it.press("e")
        await it.until(lambda: isinstance(it.app.focused, Input))
        await it.sees("RETRIES   the rollback of billing in prod")
        await it.sees("LOSES", "billing OrdersTable is removed", "billing Uploads is replaced", "OrdersTable Uploads")
        await it.type(PHRASE)
        await it.press("tab")
        await it.type("OrdersTable")
        await it.press("enter")
        await it.settle()
        assert it.app.screen.query_one("#confirm", Button).disabled
        assert not engine.called("releases.answer")
        await it.type(" Uploads")
        await it.until(lambda: not it.app.screen.query_one("#confirm", Button).disabled)
        await it.press("tab", "enter")
        await it.until(lambda: bool(engine.called("releases.answer")))
        given = tuple(("billing", each) for each in (REMOVED, REPLACED))
        asked = ReleaseAnswer("retry", ("billing",), typed=PHRASE, allowances=given)
        assert engine.called("releases.answer") == [(NAME, asked)]


@pytest.mark.parametrize(("key", "name"), [("e", "retry"), ("U", "roll-back-all")])
async def test_the_frame_that_asks_for_names_looks_so(key: str, name: str) -> None:
    async with release(stuck_release(REMOVED, REPLACED), "would lose the data of OrdersTable and Uploads") as it:
        await it.press(key)
        await it.until(lambda: isinstance(it.app.focused, Input))
        await it.sees("LOSES", "AND       OrdersTable Uploads")
        await golden_at_both_sizes(it, f"release-names-{name}")


async def test_rolling_back_all_again_needs_the_names_too() -> None:
    async with release(stuck_release(REMOVED), "would lose the data of OrdersTable") as it:
        await it.press("U")
        await it.sees("ROLLBACK", "billing OrdersTable is removed: its data may be lost")
        await it.type(PHRASE)
        await it.settle()
        assert it.app.screen.query_one("#confirm", Button).disabled


async def test_a_retry_of_what_changes_otherwise_needs_the_names_of_what_loses_data() -> None:
    engine = held_release()
    async with release(engine, "differs from its review", "would lose the data of OrdersTable") as it:
        await it.press("e")
        await it.until(lambda: isinstance(it.app.focused, Input))
        await it.type(PHRASE)
        await it.settle()
        assert it.app.screen.query_one("#confirm", Button).disabled
        await it.press("tab")
        await it.type("OrdersTable")
        await it.until(lambda: not it.app.screen.query_one("#confirm", Button).disabled)
        await it.press("tab", "enter")
        await it.until(lambda: bool(engine.called("releases.answer")))
        allowed = (("checkout", Allowance("replace", "OrdersTable")),)
        asked = ReleaseAnswer("retry", ("checkout",), typed=PHRASE, allowances=allowed)
        assert engine.called("releases.answer") == [(NAME, asked)]


async def test_what_loses_nothing_asks_for_no_names() -> None:
    async with release(failed_release(), "in trouble: orders") as it:
        await it.press("e")
        await it.sees("RETRIES")
        assert "LOSES" not in it.text


async def test_rolling_back_one_names_what_is_skipped_by_it() -> None:
    engine = failed_release()
    async with release(engine, "in trouble: orders") as it:
        await it.press("u")
        await it.sees("ROLLBACK", "orders in prod; skips checkout")
        await press_confirm(it)
        await it.until(lambda: bool(engine.called("releases.answer")))
        assert engine.called("releases.answer") == [(NAME, ReleaseAnswer("roll_back", ("orders",), typed=PHRASE))]


GONE = "its stage prod is gone"


@pytest.mark.parametrize("make", [planned_release, blocked_release, failed_release, done_release])
async def test_a_release_whose_stage_is_gone_is_said_in_a_line(make: Callable[[], FakeEngine]) -> None:
    engine = make()
    engine.configure(without_stage(engine.pipeline, "prod"))
    async with release(engine, "cannot be read", GONE, "r tries again") as it:
        assert "staging" not in it.text
        await it.press("r", "p", "s", "S", "U")
        await it.settle()
        assert not engine.called("releases.start") + engine.called("releases.answer")


async def test_a_stage_that_goes_while_its_release_is_shown_is_said() -> None:
    engine = running_release()
    async with release(engine, "wave 2 of 3") as it:
        engine.configure(without_stage(engine.pipeline, "prod"))
        await it.sees("cannot be read", GONE, "r tries again")


@SIZES
@pytest.mark.parametrize("make", [running_release, failed_release, waiting_release])
async def test_why_a_release_cannot_be_read_any_more_is_said_while_it_goes_on(
    make: Callable[[], FakeEngine], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LedgerError("ledger promote-tui", "no answer from 127.0.0.1", "check the network, VPN and proxy")

    async with release(make(), "WAVE 1", size=size) as it:
        with monkeypatch.context() as silent:
            silent.setattr(FakeReleases, "find", fail)
            await it.sees("? cannot be read", "no answer from 127.0.0.1", "r tries again", "it may go on meanwhile")
        await it.until(lambda: "cannot be read" not in it.text)
        assert "no answer" not in it.text


@pytest.mark.parametrize("state", [MemberState.TO_ROLL_BACK, MemberState.ROLLBACK_FAILED])
async def test_rolling_back_all_is_offered_while_one_is_not_back_yet(state: MemberState) -> None:
    engine = failed_release()
    now = engine.clock.now()
    skip = Answered(now, "ana", "arn", "skip", ("orders",), "later")
    engine.write_release(NAME, skip, Answered(now, "ana", "arn", "roll_back_all"))
    for name in ("catalog", "billing"):
        engine.write_release(NAME, MemberStarted(now, name, f"back-{name}", "rollback"))
    outcome: MemberOutcome = "interrupted" if state is MemberState.TO_ROLL_BACK else "failed"
    engine.write_release(NAME, MemberEnded(now, "catalog", "back-catalog", "verified", purpose="rollback"))
    engine.write_release(NAME, MemberEnded(now, "billing", "back-billing", outcome, purpose="rollback"))
    engine.write_release(NAME, ReleasePaused(now, "failure", "in trouble: billing", ("billing",)))
    assert engine.releases.find(NAME).in_state(state) == ("billing",)
    async with release(engine, "in trouble: billing") as it:
        assert isinstance(it.app.screen, ReleaseScreen)
        assert it.app.screen.is_offered("roll_back_all", ())


async def test_rolling_back_all_is_typed() -> None:
    engine = failed_release()
    async with release(engine, "U roll back all") as it:
        await it.press("U")
        await it.sees("the last wave first", "Roll back all")
        await press_confirm(it)
        await it.until(lambda: bool(engine.called("releases.answer")))
        assert engine.called("releases.answer") == [(NAME, ReleaseAnswer("roll_back_all", (), typed=PHRASE))]


async def test_a_release_that_is_done_is_rolled_back_from_its_screen() -> None:
    engine = done_release()
    async with release(engine, "4 verified   y copies a summary") as it:
        await it.press("U")
        await it.sees("ROLLBACK", "checkout, orders", "in prod, the last wave first")
        await press_confirm(it)
        await it.until(lambda: bool(engine.called("releases.answer")))
        assert engine.called("releases.answer") == [(NAME, ReleaseAnswer("roll_back_all", (), typed=PHRASE))]


async def test_what_an_interrupted_planning_has_left_is_reviewed_by_a_key() -> None:
    engine = planned_release()
    engine.forget_review(NAME, "orders")
    async with release(engine, "still to be packaged and reviewed: orders", "r reviews it") as it:
        await it.press("r")
        await it.sees("✓ go   4 services in 3 waves")
    assert engine.called("releases.review") == [("orders",)]


@pytest.mark.parametrize("make", [planned_release, waiting_release])
async def test_tab_after_the_right_words_never_falls_on_cancel(make: Callable[[], FakeEngine]) -> None:
    async with release(make(), "then type the words") as it:
        await it.press("p")
        screen = it.app.screen
        assert isinstance(screen, ReleaseScreen)
        await it.type(PHRASE)
        await it.until(lambda: screen.confirmation.can_confirm)
        for number in range(6):
            it.app.say(f"something that takes two lines of the screen to be told, number {number}")
        await it.until(lambda: not screen.confirmation.can_confirm)
        await it.press("tab")
        assert it.app.focused is screen.query_one("#phrase", Input)
        await it.press("enter")
        assert screen.query_one("#phrase", Input).value == PHRASE
        it.app.clear_notifications()
        await it.until(lambda: screen.confirmation.can_confirm)


async def test_escape_closes_a_choice_and_nothing_is_answered() -> None:
    engine = failed_release()
    async with release(engine, "in trouble: orders") as it:
        await it.press("U")
        await it.sees("Roll back all")
        await it.press("escape")
        await it.sees("e retry   s skip")
        assert not engine.called("releases.answer")


async def test_a_failed_service_is_skipped_with_a_reason() -> None:
    engine = failed_release()
    async with release(engine, "in trouble: orders") as it:
        await it.press("s")
        await it.shows("ReasonDialog")
        await it.sees("What needs it goes with it: checkout")
        await it.press("tab")
        await it.type("next week")
        await it.press("enter")
        await it.until(
            lambda: engine.called("releases.answer") == [(NAME, ReleaseAnswer("skip", ("orders",), "next week"))]
        )


async def test_a_held_service_shows_what_differs() -> None:
    async with release(held_release(), "checkout differs from its review: OrdersTable would be replaced"):
        pass


async def test_the_next_wave_is_confirmed_in_the_same_frame() -> None:
    engine = waiting_release()
    async with release(engine, "wave 2 waits for its go", "DEPLOYS", "wave 2 of 3 to prod: billing, orders") as it:
        await confirmed(it)
        await it.until(lambda: bool(engine.called("releases.answer")))
        assert engine.called("releases.answer") == [(NAME, ReleaseAnswer("go", (), typed=PHRASE))]


async def test_stop_asks_first_and_the_safe_answer_goes_on() -> None:
    engine = running_release()
    async with release(engine, "wave 2 of 3") as it:
        await it.press("ctrl+x")
        await it.shows("ConfirmDialog")
        await it.press("enter")
        await it.shows("ReleaseScreen")
        assert not engine.called("releases.answer")
        await it.press("ctrl+x")
        await it.shows("ConfirmDialog")
        await it.press("right", "enter")
        await it.until(lambda: engine.called("releases.answer") == [(NAME, ReleaseAnswer("stop"))])
        await it.sees("stopping")


async def test_a_process_that_is_gone_is_said_with_the_key_that_resumes() -> None:
    engine = running_release()
    engine.script.dead.add(NAME)
    async with release(engine, "its process is gone", "c resumes with what is missing") as it:
        await it.press("c")
        await it.until(lambda: engine.called("releases.resume") == [(NAME,)])
        await it.sees("wave 2 of 3")


async def test_a_release_that_somebody_else_starts_is_seen_live() -> None:
    engine = planned_release()
    async with release(engine, "✓ go") as it:
        confirm(engine)
        begin(engine, "catalog")
        await it.sees("wave 1 of 3", "◐ deploy")
        end(engine, "verified", "catalog")
        await it.sees("✓ verified", "1 of 4 done")


async def test_the_log_is_that_of_the_service_under_the_cursor(tmp_path: Path) -> None:
    engine = running_release()
    engine.keep_logs_in(tmp_path)
    for name in ("billing", "orders"):
        write_log(engine, name)
    async with release(engine, "Deploying billing to stage prod") as it:
        await it.press("down")
        await it.sees("Deploying orders to stage prod")
        assert "Deploying billing" not in it.text
        with engine.runs.log_file("run-orders").open("a", encoding="utf-8") as log:
            log.write("one more line\n")
        await it.sees("one more line")


async def test_enter_opens_the_run_of_the_service() -> None:
    async with release(running_release(), "Deploying billing") as it:
        await it.press("enter")
        await it.shows("RunScreen")


async def test_leaving_the_screen_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promote_tui.tui.screens.release._POLL", 0.02)
    engine = running_release()
    async with release(engine, "wave 2 of 3", "esc Leave it running") as it:
        screen = it.app.screen
        await it.press("escape")
        await it.shows("PipelineScreen")
        await it.until(lambda: not screen.is_running)
        await it.settle()
        asked = len(engine.called("releases.find"))
        await it.ticks(0.02)
        assert len(engine.called("releases.find")) == asked


@SIZES
@pytest.mark.parametrize(("make", "words"), [(planned_release, "✓ go"), (running_release, "wave 2 of 3")])
async def test_i_shows_the_summary_and_i_again_what_was_there(
    make: Callable[[], FakeEngine], words: str, size: tuple[int, int]
) -> None:
    async with release(make(), words, size=size) as it:
        await it.settle()
        before = it.line("FROM → TO") if "FROM → TO" in it.text else ""
        await it.press("i")
        await it.sees("SUMMARY", "SIGN-OFFS")
        stays = make is running_release and size == LARGE  # the log gives way there
        assert ("WAVE 1" in it.text) == stays
        await it.press("i")
        await it.sees("WAVE 1")
        assert it.line("FROM → TO") == before


async def test_the_hint_follows_the_frame_into_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = [False]
    monkeypatch.setattr(ReleaseFrame, "is_shown_whole", lambda *_: shown[0])
    async with release(planned_release(), "✓ go") as it:
        await it.sees("make the window larger")
        await it.settle()
        shown[0] = True
        await it.ticks(0.25, 2)
        assert "p, then type the words" in it.text


ENDS = "retry, skip, roll back or stop"
"""The last words of the checklist."""


async def test_what_has_no_room_beside_the_waves_is_counted_with_the_key_that_shows_it() -> None:
    async with release(planned_release(), "✓ go", size=(120, 34)) as it:
        await it.sees("more lines", "i shows all")
        assert ENDS not in it.text
        await it.press("i")
        await it.sees(ENDS)
        assert "more lines" not in it.text


async def test_a_summary_that_is_longer_than_the_screen_is_scrolled() -> None:
    async with release(planned_release(), "✓ go", size=(80, 20)) as it:
        await it.press("i")
        await it.sees("SUMMARY")
        assert ENDS not in it.text
        await it.press("end")
        await it.sees(ENDS)
        assert "SUMMARY" not in it.text
        await it.press("i")
        await it.sees("WAVE 1")
        assert type(it.app.focused).__name__ == "ReleaseRows"


@SIZES
async def test_the_summary_says_everything_that_the_plans_say(size: tuple[int, int]) -> None:
    async with release(grave_release(), "! no-go", size=size) as it:
        assert size == LARGE or "i shows more" in it.text
        await it.press("i")
        await it.settle()
        said = " ".join(it.text.replace("│", " ").split())
        assert [words for words in SAID if words not in said] == []


SAID = (
    "commits 22 by ana, joe, lea",
    "resources 3 added, 3 modified, 2 removed",
    "replacements orders OrdersTable",
    "data at risk orders OrdersTable",
    "expected about 9m20s of work",
    "rollback safe for 3 of 4 services; one-way: checkout (migrations: 2)",
    "soak: 2h of 4h in staging opens by itself o overrides",
    "approvals a missing: 0 of 1 approval so far",
)
"""Of each item of a summary what it says; what is blocked is said in the box, with the key that opens it."""


LONG = "the table has a custom name, " * 20


@pytest.mark.parametrize("kind", ["failed", "held"])
async def test_a_long_reason_is_cut_with_a_sign_and_the_choices_stay(kind: str) -> None:
    engine = running_release()
    at = engine.clock.now()
    failed = MemberEnded(at, "orders", "run-orders", "failed", LONG, LONG)
    told = failed if kind == "failed" else MemberHeld(at, "orders", "blocked", LONG, LONG)
    billing = MemberEnded(at, "billing", "run-billing", "verified")
    engine.write_release(NAME, billing, told, ReleasePaused(at, "failure", "in trouble: orders", ("orders",)))
    async with release(engine, "in trouble: orders") as it:
        rows = [row.strip("│ ") for row in it.text.splitlines()]
        top = next(number for number, row in enumerate(rows) if "IN TROUBLE" in row)
        why, more, remedy, choices = rows[top + 1 : top + 5]
        assert why.startswith("orders ")
        assert more.endswith("…")
        assert remedy.endswith("…")
        assert choices.startswith("e retry")
        assert it.line(" orders  ").rstrip().endswith("…")


async def later(it: Driver, text: str) -> None:
    """Ask for a start time, and type this one."""
    await it.press("w")
    await it.shows("StartTimeDialog")
    await it.type(text)
    await it.press("enter")


async def test_a_release_is_confirmed_with_a_start_time_and_can_be_cancelled() -> None:
    engine = planned_release()
    async with release(engine, "✓ go", "STARTS    at once   w starts it later") as it:
        at = engine.clock.now() + timedelta(hours=2)
        await later(it, "2h")
        await it.shows("ReleaseScreen")
        await it.sees("STARTS    Sat 31 Jan", "in 2h; gates are asked", f"Schedule {NAME} to prod")
        await it.until(lambda: isinstance(it.app.focused, Input))
        await press_confirm(it)
        await it.sees("○ starts Sat 31 Jan", "SCHEDULED", "starts in 2h; gates are asked again", "ctrl+x cancels it")
        assert engine.called("releases.start") == [(NAME, ReleaseConfirmation(PHRASE, starts_at=at))]
        await it.press("ctrl+x")
        await it.shows("ConfirmDialog")
        await it.press("right", "enter")
        await it.until(lambda: engine.called("releases.answer") == [(NAME, ReleaseAnswer("stop"))])


async def test_the_dialog_for_a_start_time_looks_so() -> None:
    async with release(planned_release(), "✓ go") as it:
        await it.press("w")
        await it.shows("StartTimeDialog")
        await it.sees(f"Start release {NAME} to prod later")
        await it.type("2h")
        await golden_at_both_sizes(it, "release-time")


@pytest.mark.usefixtures("far_from_utc")
async def test_a_release_that_starts_later_looks_so_before_and_after_its_confirmation() -> None:
    async with release(planned_release(), "✓ go") as it:
        await later(it, "2h")
        await it.sees("in 2h; gates are asked")
        await it.until(lambda: isinstance(it.app.focused, Input))
        await golden_at_both_sizes(it, "release-later")
        await press_confirm(it)
        await it.sees("○ starts Sat 31 Jan", "ctrl+x cancels it")
        await golden(it, "release-scheduled")
        await it.pilot.resize_terminal(*SMALL)
        await golden(it, "release-scheduled")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2025-12-31T09:00", "2025-12-31T09:00: this is in the past"),
        ("0s", "0s: this is in the past"),
        ("tonight", "tonight: this is not a time"),
        ("", "Write a future time, such as 4h."),
    ],
)
async def test_a_time_that_is_none_or_has_passed_is_refused_in_a_line(text: str, why: str) -> None:
    async with release(planned_release(), "✓ go") as it:
        await later(it, text)
        await it.sees(why)
        await it.press("escape")
        await it.shows("ReleaseScreen")
        await it.sees("at once")


async def test_esc_takes_the_start_time_back() -> None:
    async with release(planned_release(), "✓ go") as it:
        await later(it, "2h")
        await it.sees("in 2h; gates are asked")
        await it.press("escape")
        await it.sees("STARTS    at once")


async def test_a_start_time_that_passes_before_it_is_confirmed_starts_nothing() -> None:
    engine = planned_release()
    async with release(engine, "✓ go") as it:
        await later(it, "1h")
        await it.until(lambda: isinstance(it.app.focused, Input))
        engine.time.forward(3_601)
        await press_confirm(it)
        await it.until(lambda: "its start time has passed: choose another one" in it.toasts)
        assert not engine.called("releases.start")


async def test_a_blocked_release_cannot_be_scheduled() -> None:
    async with release(blocked_release(), "! no-go") as it:
        await it.press("w")
        await it.settle()
        assert isinstance(it.app.screen, ReleaseScreen)


async def test_the_notes_of_a_release_are_shown_by_a_key_and_copied_by_another() -> None:
    async with release(done_release(), "y copies a summary   n shows the notes") as it:
        await it.press("n")
        await it.shows("NotesDialog")
        await it.sees(f"Notes  of release {NAME}", "y copies them, esc closes")
        await it.press("y")
        await it.shows("ReleaseScreen")
        await it.until(lambda: "copied the release notes" in it.toasts)
        assert it.app.clipboard.startswith("# ")


async def test_the_notes_of_a_release_look_so() -> None:
    async with release(done_release(), "n shows the notes") as it:
        await it.press("n")
        await it.shows("NotesDialog")
        await golden_at_both_sizes(it, "release-notes")


async def test_the_notes_of_a_release_are_among_what_is_copied() -> None:
    async with release(done_release(), "4 verified") as it:
        assert isinstance(it.app.screen, ReleaseScreen)
        assert "release notes" in [what for what, _ in it.app.screen.copy_items()]


async def test_notes_that_cannot_be_written_say_why() -> None:
    engine = done_release()
    engine.script.errors["commits.notes_of_release"] = GitError("orders", "no such commit", "fetch")
    async with release(engine, "4 verified") as it:
        await it.press("n")
        await it.until(lambda: "orders: no such commit; fetch" in it.toasts)
        assert isinstance(it.app.screen, ReleaseScreen)


async def test_the_summary_for_a_chat_is_copied_first() -> None:
    async with release(done_release(), "4 verified   y copies a summary") as it:
        assert isinstance(it.app.screen, ReleaseScreen)
        what, text = it.app.screen.copy_items()[0]
        assert what == "summary for a chat"
        assert str(text).splitlines() == [
            f"Release {NAME} to prod is done, took 6m29s: 4 verified",
            "- catalog 5cc1f02 -> 77d0e4b, 4 commits: verified",
            "- billing 5d90c2e -> a81be07, 2 commits: verified",
            "- orders 2c7e914 -> 8d20b6e, 5 commits: verified",
            "- checkout 91c2d70 -> b4471aa, 11 commits: verified",
        ]


async def test_the_plan_fills_in_row_by_row() -> None:
    engine = engine_before()
    gate = engine.script.holds["releases.review"] = threading.Event()
    async with driving(engine) as it:
        navigation.open_release(it.app, NAME, ReleaseRequest(NAME, "prod"))
        await it.sees("◐ planning   0 of 4 services reviewed", "packaging and reviewing", "WAVE 3")
        assert "Cancel" not in it.text
        gate.set()
        await it.sees("✓ go   4 services in 3 waves", "Cancel")


async def test_read_only_shows_the_release_and_starts_nothing() -> None:
    engine = planned_release()
    async with release(engine, "started with --read-only", options=Options(read_only=True)) as it:
        assert "Cancel" not in it.text
        await it.press("p", "s")
        await it.until(lambda: "promote-tui was started with --read-only" in it.toasts)
        assert not engine.called("releases.answer")


async def test_release_in_plain_ascii() -> None:
    async with release(running_release(), "1 of 3 ", options=Options(ascii_only=True)) as it:
        await it.settle()
        await golden(it, "release-ascii")
        assert it.text.isascii()


async def test_a_release_that_is_not_there_says_so() -> None:
    async with release(engine_before(), "there is no such release", "cannot be read"):
        pass


async def test_nothing_can_be_confirmed_in_a_window_that_is_too_small_for_the_target() -> None:
    engine = planned_release()
    async with release(engine, "✓ go") as it:
        await it.press("p")
        await it.type(PHRASE)
        await it.pilot.resize_terminal(60, 16)
        await it.settle()
        frame = it.app.screen.query_one(ReleaseFrame)
        assert frame.can_confirm is frame.is_in_sight
        await it.pilot.resize_terminal(50, 12)
        await it.shows("TooSmall")
        await it.press("tab", "enter")
        assert not engine.called("releases.start")


NEEDLE = "\x1b]52;c;cGxhbnQ=\x07[@click=app.quit]x[/]\u202e\u2028[/users/{id}]"


async def test_texts_from_outside_are_shown_literally() -> None:
    engine = engine_before()
    problem = MemberReview(1, (NEEDLE,), problem=NEEDLE, one_way=NEEDLE, unknown=NEEDLE)
    engine.script.reviews["billing"] = problem
    engine.script.reviews["orders"] = replace(REVIEWS["orders"], blocked=(BlockedGate("soak", NEEDLE, NEEDLE),))
    engine.releases.plan(ReleaseRequest(NAME, "prod", (), NEEDLE))
    async with release(engine, "no-go", size=LARGE) as it:
        await it.settle()
        _literal(it)
        confirm(engine)
        begin(engine, "orders")
        end(engine, "rolled_back", "orders", cause=NEEDLE, remedy=NEEDLE)
        engine.write_release(NAME, ReleasePaused(engine.clock.now(), "failure", NEEDLE, ("orders",)))
        await it.sees("IN TROUBLE")
        _literal(it)


async def test_a_release_of_any_name_and_service_is_shown_literally() -> None:
    engine = engine_before()
    member = Member(NEEDLE, world.sha("77d0e4b"), NEEDLE, None)
    engine.write_release(
        NEEDLE,
        ReleasePlanned(engine.clock.now(), NEEDLE, "prod", "staging", (member,), ((NEEDLE,),), (), NEEDLE, "arn"),
    )
    async with driving(engine) as it:
        navigation.open_release(it.app, NEEDLE)
        await it.sees("GO / NO-GO", "WAVE 1")
        _literal(it)


def _literal(it: Driver) -> None:
    """Assert that the planted text stands there without what a terminal or a markup parser would obey."""
    assert "[@click" in it.text
    assert all(unicodedata.category(char)[0] != "C" and char != "\u2028" for char in it.text.replace("\n", ""))
