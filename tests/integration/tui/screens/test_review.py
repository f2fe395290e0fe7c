"""What a promotion would do to the stack, on the screen: in words, and in what it takes to confirm it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from promote_tui.core.changes.model import ChangeReview, PropertyChange, ResourceChange
from promote_tui.core.gates.model import Allowance
from promote_tui.core.package.artifact_diff import Comparison
from promote_tui.core.value import replace
from promote_tui.tui.options import Options
from promote_tui.tui.screens.promote import PromoteScreen
from tests.support import tui_reviewing
from tests.support.driver import LARGE, SMALL, Driver, driving
from tests.support.fakes import world
from tests.support.golden import golden, golden_at_both_sizes

if TYPE_CHECKING:
    from textual.widget import Widget

    from tests.support.fakes.engine import FakeEngine

RIGHT = {"dev": [], "staging": ["right"], "prod": ["right", "right"]}
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE])
DIFFERENT = Comparison("different", "other code than run 211 verified: the lockfile differs", ("OrdersLambdaFunction",))
TWO = ChangeReview((tui_reviewing.TABLE, tui_reviewing.BUCKET))


def screen(it: Driver) -> PromoteScreen:
    assert isinstance(it.app.screen, PromoteScreen)
    return it.app.screen


async def opened(it: Driver, stage: str, *words: str) -> None:
    """Open the review of orders to a stage, and wait for its plan and these words."""
    await it.press(*["down"] * 5, *RIGHT[stage], "p")
    await it.shows("PromoteScreen")
    await it.sees("planned", *words)


async def typed(it: Driver, words: str, field: str) -> None:
    """Type into a field, once the focus is there, and wait until it has all of it."""
    found = screen(it).query_one(field, Input)
    await it.until(lambda: it.app.focused is found)
    await it.type(words)
    await it.until(lambda: found.value == words)


@pytest.mark.parametrize(
    ("name", "stage", "review", "words"),
    [
        ("everything", "prod", tui_reviewing.EVERYTHING, "tab then type both"),
        ("bucket-removed", "dev", tui_reviewing.REMOVED, "tab then type the name"),
        ("export-in-use", "prod", tui_reviewing.EXPORTS, "BLOCKED"),
        ("rights", "staging", tui_reviewing.RIGHTS, "tab, then enter deploys"),
        ("nothing-changes", "staging", tui_reviewing.NOTHING, "tab, then enter deploys"),
        ("first-deploy", "prod", tui_reviewing.FIRST, "tab then type the words"),
        ("untold", "staging", tui_reviewing.UNKNOWN, "BLOCKED"),
    ],
)
async def test_the_changes_look_like_this(
    engine: FakeEngine, name: str, stage: str, review: ChangeReview, words: str
) -> None:
    tui_reviewing.reviewed(engine, stage, review, DIFFERENT if name == "everything" else None)
    async with driving(engine) as it:
        await opened(it, stage, words)
        await golden_at_both_sizes(it, f"review-{name}")


@SIZES
async def test_where_the_checkout_is_not_what_the_team_has_it_looks_like_this(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    empty = "the environment value API_URL becomes empty: OrdersLambdaFunction"
    tui_reviewing.reviewed(engine, "staging", replace(tui_reviewing.RIGHTS, warnings=(empty,)))
    made = engine.script.plans["orders", "staging"]
    odd = (
        "vendor/lib, outside of the service's paths, is a submodule: no file of it is checked out",
        "svc/lib links to libs: a change there is not a commit of the service; add libs to `shared`",
    )
    engine.script.plans["orders", "staging"] = replace(made, warnings=odd)
    async with driving(engine, size) as it:
        await opened(it, "staging", "tab, then enter deploys")
        await golden(it, "review-warnings")
        await it.press("2")
        await it.sees("vendor/lib, outside of the service's paths", "svc/lib links to libs", "API_URL becomes empty")


async def test_the_changes_in_full_look_like_this(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(
        engine, "staging", replace(tui_reviewing.EVERYTHING, changes=tui_reviewing.EVERYTHING.changes[1:])
    )
    async with driving(engine) as it:
        await opened(it, "staging", "tab, then enter deploys")
        await it.press("2")
        await it.sees("2 CHANGES  1 may be replaced   1 removed   2 modified   2 added")
        await golden(it, "review-in-full")


async def test_a_name_that_is_typed_looks_like_this(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "prod", tui_reviewing.EVERYTHING)
    async with driving(engine) as it:
        await opened(it, "prod", "tab then type both")
        await it.press("tab")
        await typed(it, "orders prod", "#phrase")
        await it.press("tab")
        await typed(it, "OrdersTab", "#names")
        await it.sees("2 letters to go")
        await golden_at_both_sizes(it, "review-typing")


async def test_in_ascii_the_signs_are_letters(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "prod", tui_reviewing.EVERYTHING, DIFFERENT)
    async with driving(engine, options=Options(ascii_only=True)) as it:
        await opened(it, "prod", "R 1 replaced", "- 1 removed", "~ 3 modified", "+ 2 added")
        await it.press("2")
        await it.sees("R OrdersTable", "KeySchema orderId > tenantId + orderId")
        assert it.text.isascii()


async def test_a_value_that_may_not_be_shown_reads_changed(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "staging", tui_reviewing.EVERYTHING)
    async with driving(engine, LARGE) as it:
        await opened(it, "staging")
        await it.sees("MemorySize 512 → 1024, Environment.Variables.TOKEN changed", "from 6be21a7 joe")
        await it.sees("! overwrites a manual change of Timeout", "03fe7b2 lea")


async def test_a_long_review_ends_in_a_count(engine: FakeEngine) -> None:
    many = tuple(ResourceChange(f"Thing{number:03}", "AWS::SNS::Topic", "add") for number in range(60))
    properties = tuple(PropertyChange(f"Property{number}") for number in range(9))
    topic = ResourceChange("Topic", "AWS::SNS::Topic", "modify", properties=properties)
    tui_reviewing.reviewed(engine, "staging", ChangeReview((*many, topic)))
    async with driving(engine, (120, 90)) as it:
        await opened(it, "staging", "and 21 more resources", "Property5 changed and 3 more")
        assert it.text.index("~ Topic") < it.text.index("+ Thing000")
        assert "Thing039" not in it.text


@pytest.mark.parametrize(
    ("comparison", "sign"),
    [
        (Comparison("equal", "the code that run 211 verified"), "✓ same artifact"),
        (Comparison("unknown", "no run of staging is known"), "? same artifact"),
        (DIFFERENT, "! same artifact"),
    ],
)
async def test_the_artifact_is_quiet_unless_it_differs(engine: FakeEngine, comparison: Comparison, sign: str) -> None:
    tui_reviewing.reviewed(engine, "staging", tui_reviewing.NOTHING, comparison)
    async with driving(engine, LARGE) as it:
        await opened(it, "staging", sign)
        first = it.text.index("same artifact") < it.text.index("stage order")
        assert first == (comparison.sameness == "different")
        assert ("3 Gates !" in it.text) == first


async def test_one_key_never_deploys_what_loses_data(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "dev", tui_reviewing.REMOVED)
    async with driving(engine) as it:
        await opened(it, "dev", "TYPE      Uploads: its data is lost", "REMOVES   Uploads")
        await it.press("p")
        await it.until(lambda: any("type Uploads" in toast for toast in it.toasts))
        it.app.clear_notifications()
        await it.press("tab")
        await typed(it, "Uploads", "#names")
        await it.sees("tab, then enter deploys", "! data  allowed by name")
        await it.press("enter")
        await it.press("tab")
        await it.until(lambda: it.app.focused is screen(it).query_one("#deploy"))
        await it.press("p")
        assert not engine.called("runs.start")
        await it.press("enter")
        await it.shows("RunScreen")
    (approved,) = engine.called("runs.start")[0]
    assert approved.confirmation.allowances == (Allowance("remove", "Uploads"),)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words", ["uploads", "Upload", "UploadsX", "Uploads Uploads", "Uploads OrdersTable", "orders dev"]
)
async def test_any_other_name_leaves_it_closed(engine: FakeEngine, words: str) -> None:
    tui_reviewing.reviewed(engine, "dev", tui_reviewing.REMOVED)
    async with driving(engine) as it:
        await opened(it, "dev", "tab then type the name")
        await it.press("tab")
        await typed(it, words, "#names")
        assert screen(it).query_one("#deploy", Button).disabled
        assert not screen(it).confirmation.can_deploy
        await it.sees("✗ data")


async def test_several_names_are_typed_in_any_order(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "staging", TWO)
    async with driving(engine) as it:
        await opened(it, "staging", "OrdersTable Uploads: their data is lost", "REPLACES  OrdersTable", "REMOVES   Up")
        await it.press("tab")
        await typed(it, "Uploads", "#names")
        await it.sees("1 name to go")
        await it.type(" OrdersTable")
        await it.sees("tab, then enter deploys")
        await it.press("tab")
        await it.until(lambda: it.app.focused is screen(it).query_one("#deploy"))
        await it.press("enter")
        await it.shows("RunScreen")
    (approved,) = engine.called("runs.start")[0]
    wanted = {Allowance("replace", "OrdersTable"), Allowance("remove", "Uploads")}
    assert set(approved.confirmation.allowances) == wanted  # type: ignore[attr-defined]


async def test_a_stage_that_wants_typing_wants_both(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "prod", tui_reviewing.EVERYTHING)
    async with driving(engine) as it:
        await opened(it, "prod", "tab then type both", "orders prod  to deploy")
        await it.press("tab")
        await typed(it, "orders prod", "#phrase")
        await it.sees("tab then type the name")
        assert not screen(it).confirmation.can_deploy
        await it.press("tab")
        await typed(it, "OrdersTable", "#names")
        await it.sees("tab, then enter deploys")
        await it.press(*["backspace"] * 2)
        await it.sees("2 letters to go")
        assert not screen(it).confirmation.can_deploy


async def test_who_simply_begins_to_type_the_name_types_it(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "dev", tui_reviewing.REMOVED)
    async with driving(engine) as it:
        await opened(it, "dev", "tab then type the name")
        await it.press("U")
        await it.until(lambda: screen(it).confirmation.fields.names == "U")
        await it.type("ploads")
        await it.sees("tab, then enter deploys")


async def test_a_name_typed_for_one_plan_does_not_confirm_another(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "dev", tui_reviewing.REMOVED)
    async with driving(engine) as it:
        await opened(it, "dev", "tab then type the name")
        await it.press("tab")
        await typed(it, "Uploads", "#names")
        newer = world.commit("abcdef1", "Drop the orders table", "eve")
        draft = world.draft("orders", "dev", onto=newer, brings=(newer,))
        engine.script.drafts["orders", "dev"] = draft
        engine.script.plans["orders", "dev"] = replace(
            tui_reviewing.planned(draft, tui_reviewing.REMOVED), id="plan-0002"
        )
        stored = it.app.drafts.find(("orders", "dev"))
        assert stored is not None
        it.app.drafts.refresh(stored)  # as time does by itself
        await it.until(lambda: any("the plan has changed" in toast for toast in it.toasts))
        assert screen(it).confirmation.fields.names == ""
        assert not screen(it).confirmation.can_deploy


async def test_a_gate_that_no_name_opens_leaves_nothing_to_type(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "dev", replace(tui_reviewing.REMOVED, exports=tui_reviewing.EXPORTS.exports))
    async with driving(engine) as it:
        await opened(it, "dev", "BLOCKED   exports", "orders-api-url is imported by")
        assert not screen(it).query_one("#naming").display
        assert screen(it).query_one("#deploy", Button).disabled


def seen(part: Widget, it: Driver) -> bool:
    """Tell whether all of a part is on the screen."""
    return part.region.area > 0 and it.app.screen.region.contains_region(part.region)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 30), (200, 60)])
async def test_target_and_both_fields_are_in_sight_at_every_allowed_size(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    tui_reviewing.reviewed(engine, "prod", tui_reviewing.EVERYTHING)
    async with driving(engine, size) as it:
        await opened(it, "prod", "PROD  account 333333333333  eu-west-1", "stack orders-prod", "REPLACES  OrdersTable")
        await it.until(lambda: all(seen(screen(it).query_one(name), it) for name in ("#phrase", "#names", "#deploy")))
        assert screen(it).confirmation.is_in_sight
        assert "orders prod" in it.line("TYPE")


@pytest.mark.parametrize("size", [(60, 16), (80, 24)])
async def test_names_that_do_not_fit_beside_the_target_cannot_be_typed(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    many = tuple(replace(tui_reviewing.BUCKET, logical_id=f"BucketWithALongName{number}") for number in range(24))
    tui_reviewing.reviewed(engine, "dev", ChangeReview(many))
    async with driving(engine, size) as it:
        await opened(it, "dev", "BLOCKED   make the window larger", "DEV  account 111111111111  eu-west-1")
        assert not screen(it).confirmation.is_in_sight
        assert not screen(it).query_one("#naming").display
        await it.press("p")
        screen(it).confirmation.post_message(screen(it).confirmation.Deploy())
        await it.settle()
        assert not engine.called("runs.start")
        await it.pilot.resize_terminal(120, 60)
        await it.until(lambda: seen(screen(it).query_one("#names"), it) and screen(it).confirmation.is_in_sight)


async def test_the_summary_that_is_copied_names_what_is_lost(engine: FakeEngine) -> None:
    tui_reviewing.reviewed(engine, "prod", tui_reviewing.EVERYTHING)
    async with driving(engine) as it:
        await opened(it, "prod", "tab then type both")
        text = {what: str(text) for what, text in screen(it).copy_items()}["summary"]
        assert "changes: 1 replaced, 1 may be replaced, 1 removed, 2 modified, 2 added" in text
        assert "replaces OrdersTable: holds data: the new one starts empty, the old one is deleted" in text
        assert "blocked: data: OrdersTable" in text
