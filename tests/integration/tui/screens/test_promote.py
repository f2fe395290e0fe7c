"""From the matrix to a run: the review, the gates, and a confirmation that grows with the stage."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Button, Input

from promote_tui.core.changes.model import ChangeReview, ResourceChange
from promote_tui.core.errors import DeployError, LockHeld, PlanStale, PromoteError, Refused
from promote_tui.core.gates.model import Allowance, GateResult
from promote_tui.core.model.cells import Deployed, Never, Unreported
from promote_tui.core.model.channels import Bell, Channel
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.verification import VerifiedBy
from promote_tui.core.value import replace
from promote_tui.tui import typed_ahead
from promote_tui.tui.actions.navigation import review_screen
from promote_tui.tui.app import PromoteApp
from promote_tui.tui.options import Options
from promote_tui.tui.screens import promote
from promote_tui.tui.screens.promote import PromoteScreen
from tests.support.driver import LARGE, Driver, driving
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine, planned
from tests.support.gates import review_gates

if TYPE_CHECKING:
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.planning.plan import Draft
    from promote_tui.engine.engine import Engine

ORDERS = ["down"] * 5
RIGHT = {"dev": [], "staging": ["right"], "prod": ["right", "right"]}


async def to_review(it: Driver, stage: str) -> None:
    """Open the review of orders to a stage and wait for its plan."""
    await it.press(*ORDERS, *RIGHT[stage], "p")
    await it.shows("PromoteScreen")
    await it.sees("planned")
    await it.until(lambda: "✓ 6" in it.text or "GATES  6 pass" in it.text)
    await it.until(lambda: it.engine.called("plans.make") != [] and review(it).confirmation.is_in_sight)
    await it.sees()


def review(it: Driver) -> PromoteScreen:
    assert isinstance(it.app.screen, PromoteScreen)
    return it.app.screen


def deploy_button(it: Driver) -> Button:
    return it.app.screen.query_one("#deploy", Button)


async def test_none_takes_one_key(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")
        await it.sees("✓ Deployed orders to dev", "p → promote 8d20b6e to staging")


async def test_enter_never_starts_a_deploy_by_itself(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.press("enter")  # Cancel is focused
        await it.shows("PipelineScreen")
        assert not engine.called("runs.start")


async def test_typed_ahead_keys_do_not_deploy_before_the_plan_is_there(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.make"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p", "p", "p", "p")
        await it.shows("PromoteScreen")
        await it.settle()
        gate.set()
        await it.sees("planned")
        assert not engine.called("runs.start")


async def test_ask_focuses_cancel_and_deploys_by_its_button(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "staging")
        assert it.app.focused is it.app.screen.query_one("#cancel")
        await it.press("p")
        assert not engine.called("runs.start")
        await it.press("tab", "enter")
        await it.shows("RunScreen")
        assert len(engine.called("runs.start")) == 1


async def test_type_deploys_only_on_the_exact_words(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.sees("PROD  account 333333333333  eu-west-1", "stack orders-prod", "TYPE", "orders prod  to deploy")
        assert it.app.focused is it.app.screen.query_one("#cancel")
        await it.press("tab")
        await it.type("Orders prod")
        assert deploy_button(it).disabled
        await it.press("enter", "tab", "enter")
        assert not engine.called("runs.start")
        await it.shows("PipelineScreen")  # the tab went to Cancel, because Deploy was not there to go to


async def test_type_with_the_right_words_goes_all_the_way(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.press("tab")
        await it.type("orders pro")
        assert deploy_button(it).disabled
        await it.type("d")
        assert not deploy_button(it).disabled
        await it.press("enter")
        assert not engine.called("runs.start")  # enter in the field never deploys
        await it.press("tab", "enter")
        await it.shows("RunScreen")
        await it.sees("✓ Deployed orders to prod", "prod runs 8d20b6e")
        approved = engine.called("runs.start")[0][0]
        assert approved.confirmation.typed == "orders prod"  # type: ignore[attr-defined]


async def test_review_shows_everything_that_is_decided_on(engine: FakeEngine) -> None:
    gone = world.commit("beefbee", "Half a feature of Joe's", "joe", 5)
    engine.script.drafts["orders", "prod"] = world.draft(removes=(gone,))
    async with driving(engine, LARGE) as it:
        await to_review(it, "prod")
        await it.sees(
            "REMOVES  1 commit by joe", "Half a feature of Joe's", "LOSES     1 commit by joe   beefbee",
            "DEPLOYS  5 commits by ana, joe, bot and lea", "CHANGES  nothing changes in the stack",
            "FILES  2 files", "services/orders/handler.js",
            "GATES  6 pass", "the CLI resolves to", "npx osls deploy --stage prod",
            "commit=8d20b6e", "2c7e914 → 8d20b6e",
        )  # fmt: skip


def _unknown(cell: Cell) -> Draft:
    return replace(world.draft(gates=(world.CLOSED,)), cell=cell, deployed=None, brings=(), files=())


PROD = world.target("orders", "prod")


@pytest.mark.parametrize(
    ("cell", "old", "why"),
    [
        (world.unreachable("orders", "prod"), "unknown", "the stage could not be read: the SSO session has expired"),
        (Unreported(PROD, world.stack(PROD, None), "no output names it", ""), "unknown", "no output names it"),
        (Deployed(PROD, world.stack(PROD, "d" * 40), "d" * 40), "ddddddd", "the deployed commit is not in this clone"),
    ],
)
async def test_what_changes_cannot_be_told_from_what_is_not_known(
    engine: FakeEngine, cell: Cell, old: str, why: str
) -> None:
    engine.script.drafts["orders", "prod"] = _unknown(cell)
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right")
        await it.sees("the changes are unknown")
        await it.press("p")
        await it.sees(f"{old} → 8d20b6e   changes unknown", why, "the deployed commit is unknown")
        assert f"{old} → 8d20b6e" in it.line("DEPLOYS")
        assert not any(word in it.text for word in ("nothing →", "same code", "no file changes", "0 commits"))
        await it.press("2")
        await it.sees("CHANGES  unknown")


@pytest.mark.parametrize(("cell", "old"), [(Never(PROD), "nothing"), (Never(PROD, world.stack(PROD, None)), "unknown")])
async def test_only_a_stage_without_a_stack_runs_nothing(engine: FakeEngine, cell: Cell, old: str) -> None:
    engine.script.drafts["orders", "prod"] = replace(world.draft(onto=None), cell=cell)
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees(f"{old} → 8d20b6e", "5 commits", "nothing runs there yet")


async def test_a_small_frame_cuts_the_folder_of_the_package(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.sees("--package …/plans/plan-0001/package --aws-profile promote-tui")
        assert "/state/promote-tui" not in it.text
        await it.pilot.resize_terminal(*LARGE)
        await it.sees("/state/promote-tui/plans/plan-0001/package")


async def test_the_draft_shows_while_the_package_is_made(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.make"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.sees(
            "5 commits", "REVIEW    ◐ preparing 8d20b6e for dev", "◐ more after packaging", "DEV  account 111111111111"
        )
        assert deploy_button(it).disabled
        gate.set()
        await it.sees("planned")


async def test_a_closed_gate_leaves_nothing_to_confirm(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(world.CLOSED, *world.PASSED[1:]))
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees(
            "BLOCKED   stage order: 8d20b6e was never verified in staging", "NEXT      b promotes it to staging first"
        )
        assert deploy_button(it).disabled
        assert not it.app.screen.query_one("#typing").display
        assert not engine.called("plans.make")


async def test_a_gate_that_closes_with_the_package_leaves_nothing_to_confirm(engine: FakeEngine) -> None:
    draft = engine.plans.draft("orders", "prod")
    engine.script.plans["orders", "prod"] = world.plan(draft, gates=(*world.PASSED, world.CLOSED))
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees("BLOCKED   stage order")
        assert deploy_button(it).disabled


@pytest.mark.parametrize(
    "error",
    [
        PlanStale("orders/dev", "the stack had an update of its own", "plan again"),
        LockHeld("orders/dev", "run run-7 of joe holds the lock", "watch it: promote-tui attach run-7"),
        Refused("orders/dev", "the account is another one", "fix the stage's profile"),
        DeployError("orders/dev", "the runner died", "see its log"),
    ],
)
async def test_what_stops_the_start_is_shown_inline_and_can_be_planned_again(
    engine: FakeEngine, error: PromoteError
) -> None:
    engine.script.errors["runs.start"] = error
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.sees("p deploys")
        await it.press("p")
        await it.sees("BLOCKED", error.cause, error.remedy, "r plans again")
        assert deploy_button(it).disabled
        await it.press("p")
        assert len(engine.called("runs.start")) == 1
        del engine.script.errors["runs.start"]
        await it.press("r")
        await it.sees("p deploys")
        assert engine.discarded == ["plan-0001"]
        await it.press("p")
        await it.shows("RunScreen")


async def test_a_plan_that_fails_says_why(engine: FakeEngine) -> None:
    engine.script.errors["plans.make"] = DeployError("orders/dev", "osls: [bad] config in serverless.yml", "mend it")
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.sees("osls: [bad] config in serverless.yml", "NEXT      mend it")


async def test_an_old_plan_is_refused(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        engine.time.forward(3601)
        await it.press("p")
        await it.sees("EXPIRED   the plan is older than an hour", "r plans again")
        assert not engine.called("runs.start")


async def test_there_is_no_way_back_while_a_run_is_handed_over(engine: FakeEngine) -> None:
    gate = engine.script.holds["runs.start"] = threading.Event()
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.sees("p deploys")
        await it.press("p", "p", "escape", "r")
        await it.sees("starting; final check")
        gate.set()
        await it.shows("RunScreen")
        assert len(engine.called("runs.start")) == 1


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
async def test_no_deploy_while_the_target_cannot_be_read(engine: FakeEngine, stage: str) -> None:
    async with driving(engine) as it:
        await to_review(it, stage)
        await it.press("tab")
        if stage == "prod":
            await it.type("orders prod")
        screen = review(it)
        await it.pilot.resize_terminal(80, 12)
        await it.shows("TooSmall")
        await it.press("p", "enter", "tab", "enter")
        assert not engine.called("runs.start")
        screen.query_one("#frame").styles.offset = (0, 100)
        await it.pilot.resize_terminal(80, 24)
        await it.shows("PromoteScreen")
        await it.until(lambda: not screen.confirmation.is_in_sight)
        await it.press("p", "tab", "enter", "tab", "enter")
        assert not engine.called("runs.start")


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (200, 60)])
async def test_target_is_in_sight_at_every_allowed_size(engine: FakeEngine, size: tuple[int, int]) -> None:
    async with driving(engine, size) as it:
        await to_review(it, "prod")
        await it.sees("PROD  account 333333333333  eu-west-1", "stack orders-prod", "TYPE      orders prod")
        assert "Deploy orders to prod" in it.text


async def test_a_frame_that_is_drawn_again_as_it_was_is_not_laid_out_again(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        it.app.clear_notifications()
        await it.settle()
        laid_out: list[object] = []
        review(it).screen_layout_refresh_signal.subscribe(review(it), laid_out.append)
        review(it).confirmation.redraw()
        await it.settle()
        assert not laid_out


async def test_read_only_reviews_but_never_deploys(engine: FakeEngine) -> None:
    async with driving(engine, options=Options(read_only=True)) as it:
        await to_review(it, "dev")
        await it.sees("started with --read-only")
        await it.press("p", "tab", "enter")
        assert not engine.called("runs.start")


async def test_keys_in_the_field_are_text(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.press("tab")
        await it.type("p?rqj")
        assert it.app.screen.query_one("#phrase", Input).value == "p?rqj"
        await it.shows("PromoteScreen")


async def test_digits_are_text_in_the_field_and_steps_outside(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.press("tab")
        await it.type("13")
        assert it.app.screen.query_one("#phrase", Input).value == "13"
        await it.sees("5 commits", "does not match yet")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("1", ("1 COMMITS  5, by ana, joe, bot and lea", "Drop the legacy alarm")),
        (
            "2",
            (
                "2 CHANGES  nothing changes in the stack",
                "FILES  2 files   1 shared",
                "A libs/retry.js",
                "M services/orders/handler.js",
            ),
        ),
        ("3", ("3 GATES  6 pass", "✓ branch        on main, which prod allows", "IF IT GOES WRONG")),
        ("4", ("4 APPROVALS", "none required")),
    ],
)
async def test_a_digit_shows_its_step_in_full_and_esc_or_5_goes_back(
    engine: FakeEngine, key: str, words: tuple[str, ...]
) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.press(key)
        await it.sees(*words, "PROD  account 333333333333  eu-west-1")
        assert "↩ rollback" not in it.text
        await it.press("escape")
        await it.sees("↩ rollback")
        await it.press(key)
        await it.sees(*words)
        await it.press("5")
        await it.sees("↩ rollback")
        await it.shows("PromoteScreen")


async def test_on_a_wide_screen_a_digit_scrolls_its_part_into_sight(engine: FakeEngine) -> None:
    many = tuple(world.commit(f"{number:07x}", f"Change {number}", "ana", 1) for number in range(1, 36))
    engine.script.drafts["orders", "prod"] = world.draft(brings=many)
    async with driving(engine, LARGE) as it:
        await to_review(it, "prod")
        assert "handler.js" not in it.text
        await it.press("2")
        await it.sees("services/orders/handler.js")
        await it.press("1")
        await it.sees("Change 1 ")
        await it.press("escape")
        await it.shows("PipelineScreen")


async def test_the_evidence_scrolls_by_the_arrows(engine: FakeEngine) -> None:
    many = tuple(world.commit(f"{number:07x}", f"Change {number}", "ana", 1) for number in range(1, 36))
    engine.script.drafts["orders", "prod"] = world.draft(brings=many)
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.press("1")
        await it.sees("Change 1 ")
        await it.press("down", "pagedown", "j")
        await it.until(lambda: "Change 1 " not in it.text)
        await it.press("k", "pageup", "up")
        await it.sees("Change 1 ")


async def test_letters_that_are_missing_are_counted(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.sees("tab then type the words")
        await it.press("tab")
        await it.type("orders pr")
        await it.sees("2 letters to go")
        await it.type("o")
        await it.sees("1 letter to go")
        await it.type("x")
        await it.sees("does not match yet")
        await it.press("backspace", "d")
        await it.sees("tab, then enter deploys")


async def test_from_the_start_screen_to_staging_in_four_keys(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*ORDERS)
        await it.press("right", "p")
        await it.sees("tab, then enter deploys")
        await it.press("tab", "enter")
        await it.shows("RunScreen")


async def test_a_key_that_is_held_down_does_not_deploy_a_plan_that_is_there_at_once(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.press("escape")
        await it.shows("PipelineScreen")
        for _ in range(3):
            it.app.post_message(Key("p", "p"))  # at once: whoever presses it again later means it
        await it.sees("draft kept")
        assert not engine.called("runs.start")
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        ("staging", "staging requires more than one key: tab to Deploy, then enter"),
        ("prod", "prod requires more than one key: tab to the field and type"),
    ],
)
async def test_one_key_says_what_the_stage_wants_instead(engine: FakeEngine, stage: str, reason: str) -> None:
    async with driving(engine) as it:
        await to_review(it, stage)
        await it.press("p")
        await it.until(lambda: reason in it.toasts)


async def test_no_letter_is_a_key_while_the_plan_is_made_and_the_screen_says_so(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.make"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.sees("REVIEW", "typing waits for the plan", "? Help")
        assert "d Diff" not in it.text
        await it.press("2")
        await it.sees("CHANGES")
        await it.press("5", *"paxud")
        gate.set()
        await it.sees("p deploys", "d Diff")
        assert not it.toasts
        assert not engine.called("runs.start")


def at_once(it: Driver, *keys: str) -> None:
    """Press keys faster than anything is drawn."""
    for key in keys:
        it.app.post_message(Key("space" if key == " " else key, key if len(key) == 1 else None))


NAMES = ["payments-gateway prod", "orders prod", "aux-hub prod", "2nd-queue prod"]


@pytest.mark.parametrize(
    ("stage", "words"),
    [*(("prod", words) for words in NAMES), *((stage, "".join(NAMES)) for stage in ("dev", "staging"))],
)
@pytest.mark.parametrize("kept", [False, True])
async def test_what_is_typed_ahead_of_a_confirmation_is_no_key(
    engine: FakeEngine, stage: str, words: str, *, kept: bool
) -> None:
    """It goes into the field where there is one, else nowhere, and Enter behind it decides nothing."""
    async with driving(engine) as it:
        if kept:
            await to_review(it, stage)
            await it.press("escape")
            await it.shows("PipelineScreen")
        else:
            await it.press(*ORDERS, *RIGHT[stage])
        gate = engine.script.holds["plans.make"] = threading.Event()
        at_once(it, "p", "tab", *words, "enter")
        await it.shows("PromoteScreen")
        await it.settle()
        gate.set()
        await it.sees("planned")
        assert not [
            call
            for call in engine.calls
            if call[0] in {"runs.start", "decisions.record", "plans.draft_rollback", "decisions.ask_approval"}
        ]
        assert not it.toasts
        await it.shows("PromoteScreen")
        assert it.app.screen.query_one("#phrase", Input).value == (words if stage == "prod" else "")


async def test_a_letter_behind_letters_is_no_key_however_the_plan_comes_between_them(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who goes on typing while the plan arrives does not deploy with the p of `prod`."""
    monkeypatch.setattr(typed_ahead, "MOMENT", 3600.0)
    gate = engine.script.holds["plans.make"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "p")
        await it.until(lambda: "REVIEW" in it.text)
        await it.press(*"paym")
        gate.set()
        await it.until(lambda: "planned" in it.text)
        await it.press(*"entsgatewayp")
        assert not engine.called("runs.start")
        monkeypatch.setattr(typed_ahead, "MOMENT", 0.01)
        await it.press("r")
        await it.sees("p deploys")
        assert len(engine.called("plans.make")) == 1
        await it.press("p")
        await it.until(lambda: bool(engine.called("runs.start")))


async def test_the_field_is_there_from_the_first_frame_and_locked_until_the_plan_is_there(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.make"] = threading.Event()
    async with driving(engine) as it:
        await it.press(*ORDERS, "right", "right", "p")
        await it.sees("TYPE      orders prod", "REVIEW")
        assert it.app.focused is it.app.screen.query_one("#cancel")
        await it.press("tab")
        await it.type("orders prod")
        await it.sees("ready when the plan is")
        assert deploy_button(it).disabled
        await it.press("enter", "tab", "enter")
        await it.shows("PipelineScreen")  # the tab went to Cancel, because Deploy was not there to go to
        gate.set()
        assert not engine.called("runs.start")


async def test_a_gate_that_closes_meanwhile_does_not_make_keys_of_what_is_being_typed(engine: FakeEngine) -> None:
    gate = engine.script.holds["plans.draft"] = threading.Event()
    engine.script.drafts["orders", "prod"] = world.draft(gates=(world.CLOSED, *world.PASSED[1:]))
    async with driving(engine, read=False) as it:
        it.app.opening.begin()
        await it.until(lambda: it.app.engine is not None)
        it.app.push_screen(review_screen(("orders", "prod")))
        await it.sees("reading the stack")
        await it.press("tab")
        await it.type("orders")
        gate.set()
        await it.sees("BLOCKED")
        await it.type(" prod ax")
        assert it.app.screen.query_one("#phrase", Input).value == "orders prod ax"
        await it.shows("PromoteScreen")


async def test_a_diff_says_why_there_is_none(engine: FakeEngine) -> None:
    same = world.draft("orders", "dev", brings=(), onto=world.COMMITS[0])
    engine.script.drafts["orders", "dev"] = replace(same, files=())
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.sees("already the same code")
        await it.press("d")
        await it.until(lambda: "dev runs that commit already" in it.toasts)


async def test_copies_the_command_the_hash_and_a_summary(engine: FakeEngine) -> None:
    gone = world.commit("beefbee", "Half a [feature]", "joe", 5)
    engine.script.drafts["orders", "prod"] = world.draft(removes=(gone,))
    async with driving(engine) as it:
        await to_review(it, "prod")
        things = {what: str(text) for what, text in review(it).copy_items()}
        assert things["hash"] == world.COMMITS[0].sha
        assert things["command"].startswith("npx osls deploy --stage prod --region eu-west-1 --package /state/")
        first, second, *rest = things["summary"].splitlines()
        assert first == "orders to prod (333333333333 eu-west-1, stack orders-prod)"
        assert second == "2c7e914 -> 8d20b6e, 5 commits"
        assert rest[-2:] == ["removes beefbee Half a [feature] (joe)", "6 gates pass"]
        await it.press("y")
        await it.sees("command", "summary")


async def test_opens_the_stack_in_the_console(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "prod")
        ((what, url),) = review(it).web_pages()
        assert what == "stack"
        assert url.startswith("https://eu-west-1.console.aws.amazon.com/")


async def test_is_about_its_cell(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "staging")
        assert review(it).current_cell() == ("orders", "staging")


async def test_r_on_a_closed_gate_asks_again_and_packages_once_it_is_open(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(world.CLOSED, *world.PASSED[1:]))
    async with driving(engine) as it:
        await it.press(*ORDERS, *RIGHT["prod"], "p")
        await it.sees("BLOCKED", "r checks again", "checked again every 30 s")
        assert "opens by itself" not in it.text
        del engine.script.drafts["orders", "prod"]
        await it.press("r")
        await it.sees("planned", "TYPE      orders prod")
        assert len(engine.called("plans.make")) == 1


async def test_a_gate_that_another_run_may_open_is_asked_again_by_itself(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promote, "ASK_AGAIN", 0.05)
    engine.script.drafts["orders", "prod"] = world.draft(gates=(world.CLOSED, *world.PASSED[1:]))
    async with driving(engine) as it:
        await it.press(*ORDERS, *RIGHT["prod"], "p")
        await it.sees("BLOCKED")
        asked = len(engine.called("plans.draft"))
        await it.until(lambda: len(engine.called("plans.draft")) > asked + 1)
        assert not engine.called("plans.make")
        del engine.script.drafts["orders", "prod"]
        await it.sees("TYPE      orders prod")


WAITS = GateResult(
    "soak", passed=False, reason="verified 3h 55m ago", remedy="wait 4m 51s", allows_review=True, opened_by="time"
)
TICK = GateResult(
    "checklist",
    passed=False,
    reason="0 of 1 item ticked",
    remedy='promote-tui check "QA"',
    allows_review=True,
    step=NextStep("tick", ("QA",)),
)
VETO = GateResult(
    "veto",
    passed=False,
    reason="ben vetoed it on 2026-01-30: loses money",
    remedy="promote another commit: a veto is permanent",
    step=NextStep("choose"),
    opened_by="another commit",
)


async def test_a_vetoed_commit_sends_nobody_to_another_stage(engine: FakeEngine) -> None:
    gates = (world.CLOSED, *world.PASSED[1:], VETO, WAITS, TICK)
    engine.script.drafts["orders", "prod"] = world.draft(gates=gates)
    async with driving(engine, size=(120, 40)) as it:
        await it.press(*ORDERS, *RIGHT["prod"], "p")
        await it.sees("BLOCKED   veto: ben vetoed it on 2026-01-30", "and 3 more gates: stage order, checklist, soak")
        await it.sees("promote another commit: a veto is permanent", "chooses another commit   r checks again")
        assert "promotes it to staging first   " not in it.text
        assert "opens by itself" not in it.text


async def test_what_people_open_is_named_before_what_time_opens(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, WAITS, TICK))
    async with driving(engine) as it:
        await it.press(*ORDERS, *RIGHT["prod"], "p")
        await it.sees("BLOCKED   checklist: 0 of 1 item ticked   and 1 more gate: soak", "ticks QA")
        await it.sees("checked again every 30 s")
        assert "opens by itself" not in it.text


async def test_what_time_alone_keeps_closed_unlocks_by_itself(engine: FakeEngine) -> None:
    engine.script.drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, WAITS))
    async with driving(engine) as it:
        await it.press(*ORDERS, *RIGHT["prod"], "p")
        await it.sees("BLOCKED   soak", "wait 4m 51s", "opens by itself: checked again every 30 s")


LACKS = GateResult(
    "approvals", passed=False, reason="0 of 1 approval so far", remedy="ask somebody", allows_review=True
)
HELD = GateResult("hold", passed=False, reason="ben holds it: incident 42", allows_review=True)


async def test_an_open_review_follows_what_others_decide_elsewhere(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An approval by a colleague opens it, a hold by one closes it; nothing is packaged again for that."""
    monkeypatch.setattr(promote, "ASK_AGAIN", 0.05)
    drafts = engine.script.drafts
    drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, LACKS))
    async with driving(engine) as it:
        await it.press(*ORDERS, *RIGHT["prod"], "p")
        await it.sees("BLOCKED   approvals: 0 of 1 approval so far", "checked again every 30 s")
        drafts["orders", "prod"] = world.draft(
            gates=(*world.PASSED, replace(LACKS, passed=True, reason="ben approved it"))
        )
        await it.sees("then type the words", "ben approved it")
        await it.press("tab")
        await it.type("orders pr")
        drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, HELD))
        await it.sees("BLOCKED   hold: ben holds it: incident 42")
        assert len(engine.called("plans.make")) == 1
        assert engine.called("plans.draft")[-1] == ("orders", "prod", world.COMMITS[0].sha)


MOVED = replace(
    LACKS,
    name="policy",
    reason="origin/main is at bbbbbbb now",
    remedy="git fetch in the configuration's repository, then plan again",
    step=NextStep("fetch"),
)


@pytest.mark.parametrize("anew", [False, True])
async def test_a_policy_that_has_gone_on_is_fetched_with_a_key_and_the_gates_are_asked_at_once(
    engine: FakeEngine, *, anew: bool
) -> None:
    def reload(_engine: Engine) -> Engine:
        drafts["orders", "prod"] = world.draft()
        origin = PolicyOrigin("remote", "", "origin/main", "b" * 40)
        if anew:
            engine.configure(replace(engine.pipeline, policy=origin))
        return engine

    drafts = engine.script.drafts
    drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, MOVED))
    async with driving(engine, options=Options(reload=reload)) as it:
        await it.press(*ORDERS, *RIGHT["prod"], "p")
        await it.sees("BLOCKED   policy: origin/main is at bbbbbbb now", "R fetches", "R Fetch")
        assert "git fetch" not in it.text
        await it.press("R")
        await it.until(lambda: engine.called("plans.make") != [])
        await it.until(lambda: "BLOCKED   policy" not in it.text)
        assert engine.called("commits.fetch") == [()]


async def test_an_expired_log_in_names_its_key(engine: FakeEngine) -> None:
    cell = world.unreachable("orders", "prod")
    gate = replace(world.CLOSED, name="stack", reason=cell.reason, remedy=cell.remedy, step=NextStep("login"))
    engine.script.drafts["orders", "prod"] = replace(_unknown(cell), gates=(gate,))
    async with driving(engine) as it:
        await it.press(*ORDERS, *RIGHT["prod"], "p")
        await it.sees("BLOCKED   stack: the SSO session has expired", "L logs in")


STEPS = [
    (NextStep("tick", ("QA signed off",)), "t ticks QA signed off", "t", "Tick", "Tick for 8d20b6e: QA signed off"),
    (NextStep("tick", ("QA", "Seen")), "t ticks the 2 missing items", "t", "Tick", "tick for 8d20b6e: Seen"),
    (NextStep("checks"), "c runs the checks", "c", "Run checks", "Run the checks of prod on 8d20b6e?"),
    (NextStep("lift"), "l lifts the hold", "l", "Lift hold", "Lift the hold on orders in prod"),
    (NextStep("approve"), "a approves", "a", "Approve", "Approve 8d20b6e for prod"),
    (NextStep("promote", ("staging",)), "b promotes it to staging first", "b", "Stage before", "promote to staging"),
    (NextStep("choose"), "s chooses another commit", "s", "Choose", "STAGE"),
    (NextStep("run", ("run-0001",)), "w opens run run-0001", "w", "Open run", "billing"),
]


@pytest.mark.parametrize(("step", "says", "key", "footer", "opens"), STEPS)
async def test_what_opens_a_closed_gate_is_a_key_on_the_footer_that_does_it(
    engine: FakeEngine, step: NextStep, says: str, key: str, footer: str, opens: str
) -> None:
    """The command that the command line names is shown nowhere here."""
    engine.append("run-0001", planned("run-0001", world.plan(world.draft("billing", "prod")), world.NOW))
    closed = replace(LACKS, reason="not yet", remedy="promote-tui does it --here", step=step)
    engine.script.drafts["orders", "prod"] = world.draft(gates=(*world.PASSED, closed))
    async with driving(engine, LARGE) as it:
        await it.press(*ORDERS, *RIGHT["prod"])
        await it.sees("not yet")
        if step.kind not in {"promote", "choose", "run"}:
            assert "promote-tui does it" not in it.text
        await it.press("p")
        await it.sees("BLOCKED   approvals: not yet", f"{key} {footer}")
        assert says in " ".join(it.text.replace("┃", " ").split())
        if step.kind != "choose":
            assert "promote-tui does it" not in it.text
        await it.press(key)
        await it.sees(opens)
        assert not [
            call for call in engine.calls if call[0] in {"runs.start", "decisions.record", "decisions.run_checks"}
        ]


async def test_a_run_that_holds_the_lock_is_opened_by_its_key(engine: FakeEngine) -> None:
    engine.append("run-0001", planned("run-0001", world.plan(world.draft("billing", "prod")), world.NOW))
    watch = LockHeld("orders/dev", "held by run run-0001", "watch it: promote-tui attach run-0001")
    engine.script.errors["runs.start"] = watch.by(NextStep("run", ("run-0001",)))
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.press("p")
        await it.sees("BLOCKED   held by run run-0001", "w opens run run-0001", "w Open run")
        assert "attach" not in it.text
        await it.press("w")
        await it.shows("RunScreen")


async def test_a_batch_goes_from_one_review_to_the_next_and_ends_at_the_runs(engine: FakeEngine) -> None:
    queue = (("orders", "staging"), ("billing", "dev"))
    for key in (("orders", "dev"), *queue):  # the matrix is read again after a start: it finds what the drafts say
        engine.script.cells[key] = replace(engine.script.cells[key], cell=world.draft(*key).cell)
    async with driving(engine) as it:
        it.app.push_screen(review_screen(("orders", "dev"), queue=queue))
        await it.sees("1 of 3", "p deploys", "n Skip")
        await it.press("p")
        await it.sees("2 of 3", "STAGING  account 222222222222", "tab, then enter deploys")
        await it.press("n")
        await it.sees("3 of 3", "DEV  account 111111111111", "p deploys")
        await it.press("p")
        await it.shows("RunsScreen")
        started = [call[0].plan.draft.target for call in engine.called("runs.start")]  # type: ignore[attr-defined]
        assert [str(target) for target in started] == ["orders/dev", "billing/dev"]


async def test_a_promotion_by_itself_has_nothing_to_skip_to(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await to_review(it, "dev")
        assert "Skip" not in it.text
        await it.press("n")
        await it.shows("PromoteScreen")


async def test_a_run_that_starts_under_the_help_is_shown_once_the_help_is_gone(engine: FakeEngine) -> None:
    gate = engine.script.holds["runs.start"] = threading.Event()
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.sees("p deploys")
        await it.press("p")
        await it.sees("starting; final check")
        await it.press("?")
        await it.shows("HelpDialog")
        gate.set()
        ended = "orders to dev: succeeded"  # a slow machine sees its end before it sees it live
        await it.until(lambda: bool(it.app.live) or ended in it.toasts)
        await it.press("escape")
        await it.shows("RunScreen")


async def test_the_way_back_says_whether_it_is_verified_and_how_long_it_takes(engine: FakeEngine) -> None:
    view = engine.script.cells["orders", "prod"]
    trusted = VerifiedBy("run-41", view.commit.sha if view.commit else "", world.NOW)
    engine.script.cells["orders", "prod"] = replace(view, verification=trusted, usual=190.0)
    async with driving(engine) as it:
        await to_review(it, "prod")
        await it.sees("2c7e914, verified by run run-41, usually 3m10s")


async def test_who_simply_begins_to_type_the_words_types_them(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*["down"] * 5, "right", "right", "p")
        await it.sees("PROD", "then type")
        await it.type("orders prod")
        await it.sees("then enter deploys")
        assert not engine.called("runs.start")


async def test_no_letter_is_lost_however_quickly_the_words_are_typed(engine: FakeEngine) -> None:
    """The first letter moves the focus: those behind it come before anything was drawn."""
    async with driving(engine) as it:
        await it.press(*["down"] * 5, "right", "right", "p")
        await it.sees("PROD", "then type")
        for letter in "orders prod":
            it.app.post_message(Key("space" if letter == " " else letter, letter))
        await it.sees("then enter deploys")
        assert not engine.called("runs.start")


@pytest.mark.parametrize("stage", ["staging", "prod"])
async def test_tab_and_enter_in_one_go_are_not_taken_for_something_else(engine: FakeEngine, stage: str) -> None:
    """A slow machine reads both at once: enter is for where tab has gone."""
    async with driving(engine) as it:
        await to_review(it, stage)
        if stage == "prod":
            await it.sees("then type")
            await it.type("orders prod")
        await it.sees("then enter deploys")
        for key in ("tab", "enter"):
            it.app.post_message(Key(key, None))
        await it.shows("RunScreen")


async def test_quitting_waits_until_a_run_that_is_handed_over_has_begun(engine: FakeEngine) -> None:
    hold = engine.script.holds["runs.start"] = threading.Event()
    async with driving(engine) as it:
        await it.press("p")
        await it.sees("p deploys")
        await it.press("p")
        await it.sees("starting; final check")
        await it.press("ctrl+c")
        await it.until(lambda: "a run is starting; quit once it has begun" in it.toasts)
        hold.set()
        await it.shows("RunScreen")


async def test_words_typed_for_one_plan_do_not_confirm_another(engine: FakeEngine) -> None:
    async with driving(engine) as it:
        await it.press(*["down"] * 5, "right", "right", "p")
        await it.sees("PROD", "then type")
        await it.press("tab")
        await it.type("orders pro")
        await it.sees("1 letter to go")
        newer = world.commit("abcdef1", "Drop the orders table", "eve")
        engine.script.drafts["orders", "prod"] = world.draft("orders", "prod", onto=newer, brings=(newer,))
        stored = it.app.drafts.find(("orders", "prod"))
        assert stored is not None
        it.app.drafts.refresh(stored)  # as time does by itself
        await it.until(lambda: any("the plan has changed" in toast for toast in it.toasts))
        await it.type("d")
        assert not engine.called("runs.start")
        await it.sees("abcdef1")


async def test_a_plan_for_another_cell_is_never_deployed_from_this_one(engine: FakeEngine) -> None:
    engine.script.plans["billing", "dev"] = world.plan(world.draft("orders", "prod"))
    async with driving(engine) as it:
        await it.press("p")
        await it.sees("p deploys")
        await it.press("p")
        await it.sees("the plan is for orders/prod")
        assert not engine.called("runs.start")


async def test_a_toast_over_the_frame_closes_the_confirmation_until_it_has_gone(engine: FakeEngine) -> None:
    async with driving(engine, (60, 16)) as it:
        await it.press("right", "p")
        await it.shows("PromoteScreen")
        await it.sees("STAGING", "Deploy billing", "Cancel")
        screen = it.app.screen
        assert isinstance(screen, PromoteScreen)
        await it.until(lambda: screen.confirmation.can_deploy)
        for number in range(4):
            it.app.say(f"something that takes two lines of the screen to be told, number {number}")
        await it.until(lambda: not screen.confirmation.can_deploy)
        screen.confirmation.post_message(screen.confirmation.Deploy())
        await it.settle()
        assert not engine.called("runs.start")
        it.app.clear_notifications()
        await it.until(lambda: screen.confirmation.can_deploy)


async def test_tab_after_the_right_words_never_falls_on_cancel(engine: FakeEngine) -> None:
    async with driving(engine, (80, 24)) as it:
        await to_review(it, "prod")
        await it.sees("then type")
        screen = it.app.screen
        assert isinstance(screen, PromoteScreen)
        field, deploy = screen.query_one("#phrase", Input), screen.query_one("#deploy", Button)
        field.focus()
        await it.type("orders prod")
        await it.until(lambda: screen.confirmation.can_deploy)
        for number in range(6):
            it.app.say(f"something that takes two lines of the screen to be told, number {number}")
        await it.until(lambda: not screen.confirmation.can_deploy)
        await it.press("tab")
        await it.until(lambda: it.app.focused is field)
        await it.press("enter")
        await it.settle()
        assert review(it) is screen
        assert it.app.focused is field
        assert not engine.called("runs.start")
        it.app.clear_notifications()
        await it.until(lambda: screen.confirmation.can_deploy)
        await it.press("tab")
        await it.until(lambda: it.app.focused is deploy)


async def test_what_loses_its_data_is_named_before_the_deploy_in_every_stage(engine: FakeEngine) -> None:
    lost = ResourceChange("Uploads", "AWS::S3::Bucket", "remove", holds_data=True)
    review = ChangeReview((lost,))
    made = world.plan(world.draft("orders", "dev"))
    gates = (*made.gates, *review_gates(review))
    engine.script.plans["orders", "dev"] = replace(made, review=review, gates=gates)
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.sees("Uploads", "its data is lost", "TYPE")
        await it.press("p")
        assert not engine.called("runs.start")
        screen = it.app.screen
        assert isinstance(screen, PromoteScreen)
        screen.query_one("#names", Input).focus()
        await it.type("Upload")
        await it.until(lambda: screen.confirmation.fields.names == "Upload")
        assert not screen.confirmation.can_deploy
        await it.type("s")
        await it.until(lambda: screen.confirmation.can_deploy)
        await it.press("tab", "enter")
        await it.until(lambda: bool(engine.called("runs.start")))
    (approved,) = engine.called("runs.start")[0]
    assert approved.confirmation.allowances == (Allowance("remove", "Uploads"),)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("channels", "rings"), [((Bell(),), 1), ((Bell(("failed",)),), 0), ((), 0)])
async def test_the_bell_rings_once_at_a_runs_end_where_that_is_asked_for(
    channels: tuple[Channel, ...], rings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(PromoteApp, "bell", lambda _app: rung.append("bell"))
    engine = FakeEngine(replace(world.pipeline(), notify=channels))
    async with driving(engine) as it:
        await to_review(it, "dev")
        await it.sees("p deploys")
        await it.press("p")
        await it.shows("RunScreen")
        await it.sees("Deployed orders to dev")
        await it.until(lambda: not it.app.live)
        assert len(rung) == rings
