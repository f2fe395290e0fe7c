"""Logging in: what `L` does for a cell, for several sessions, for a code, and where it would not help."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import CredentialsError
from promote_tui.core.login import Advice, CodeLogin, CommandLogin, Login, LoginNeed
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Unreachable
from promote_tui.tui.actions import login as login_action
from promote_tui.tui.options import Options
from tests.support.driver import driving
from tests.support.fakes import world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.cells import Why
    from promote_tui.tui.app import PromoteApp
    from tests.support.driver import Driver
    from tests.support.fakes.engine import FakeEngine

SSO = CommandLogin(("aws", "sso", "login", "--profile", "acme-dev"), "sso-session acme")
OTHER = CommandLogin(("aws", "sso", "login", "--profile", "acme-prod"), "sso-session owners")
CODE = CodeLogin("acme-prod", "arn:aws:iam::333333333333:mfa/ana", "arn:aws:iam::333333333333:role/deploy")


def lock_out(engine: FakeEngine, login: Login, *cells: tuple[str, str]) -> None:
    """Let these cells want a log-in."""
    targets = tuple(world.target(*cell) for cell in cells)
    for cell in cells:
        engine.script.cells[cell] = CellView(world.unreachable(*cell), against="staging")
    engine.script.logins = (*engine.script.logins, LoginNeed(login, targets))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that got the terminal; each ends well."""
    found: list[tuple[str, ...]] = []
    ends_with(monkeypatch, 0, found)
    return found


def ends_with(patch: pytest.MonkeyPatch, code: int, found: list[tuple[str, ...]]) -> None:
    def run_in_terminal(_app: PromoteApp, argv: Sequence[str]) -> int:
        found.append(tuple(argv))
        return code

    patch.setattr(login_action, "run_in_terminal", run_in_terminal)
    patch.setattr(login_action, "which", lambda name: f"/usr/bin/{name}")


async def toast(driver: Driver, words: str) -> None:
    await driver.until(lambda: any(words in said for said in driver.toasts))


def snapshots(engine: FakeEngine) -> int:
    return len(engine.called("snapshot"))


async def test_one_command_logs_in_for_all_and_everything_is_read_again(
    engine: FakeEngine, ran: list[tuple[str, ...]]
) -> None:
    engine.script.cells = {("orders", "dev"): world.deployed("orders", "dev", "8d20b6e")}
    lock_out(engine, SSO, ("webhooks", "dev"), ("orders", "staging"))
    async with driving(engine) as driver:
        before = snapshots(engine)
        await driver.press("L")
        await toast(driver, "logged in to sso-session acme: dev, staging")
        await driver.until(lambda: snapshots(engine) == before + 1)
        assert ran == [SSO.argv]


async def test_the_cell_under_the_cursor_says_which_session(engine: FakeEngine, ran: list[tuple[str, ...]]) -> None:
    lock_out(engine, SSO, ("webhooks", "dev"))
    lock_out(engine, OTHER, ("billing", "prod"))
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(("billing", "prod"))
        await toast(driver, "logged in to sso-session owners: prod")
        assert ran == [OTHER.argv]


async def test_of_several_sessions_a_person_chooses_where_the_cursor_says_nothing(
    engine: FakeEngine, ran: list[tuple[str, ...]]
) -> None:
    lock_out(engine, SSO, ("webhooks", "dev"))
    lock_out(engine, OTHER, ("billing", "prod"))
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(None)
        await driver.sees("Log in to", "sso-session acme", "sso-session owners")
        await driver.press("down", "enter")
        await toast(driver, "logged in to sso-session owners: prod")
        assert ran == [OTHER.argv]


async def test_esc_in_the_choice_does_nothing(engine: FakeEngine, ran: list[tuple[str, ...]]) -> None:
    lock_out(engine, SSO, ("webhooks", "dev"))
    lock_out(engine, OTHER, ("billing", "prod"))
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(None)
        await driver.sees("Log in to")
        await driver.press("escape")
        await driver.shows("PipelineScreen")
        assert ran == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, "ended with 1; L begins again"),
        (252, "the AWS CLI does not know it; install version 2.22 or later"),
        (130, "was interrupted; L begins again"),
        (-2, "was interrupted; L begins again"),
    ],
)
async def test_a_command_that_does_not_end_well_is_told(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    ends_with(monkeypatch, code, [])
    lock_out(engine, SSO, ("webhooks", "dev"))
    async with driving(engine) as driver:
        await driver.press("L")
        await toast(driver, f"`aws sso login --profile acme-dev` {words}".replace("` the", "` ended with 252: the"))


async def test_a_terminal_that_cannot_be_lent_names_the_command(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_action, "which", lambda name: f"/usr/bin/{name}")
    lock_out(engine, SSO, ("webhooks", "dev"))
    async with driving(engine) as driver:
        await driver.press("L")
        await toast(driver, "run `aws sso login --profile acme-dev` elsewhere, then press r")


async def test_the_aws_cli_that_is_not_there_is_told(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_action, "which", lambda _name: None)
    lock_out(engine, SSO, ("webhooks", "dev"))
    async with driving(engine) as driver:
        await driver.press("L")
        await toast(driver, "aws is not installed, or not on PATH: install the AWS CLI, version 2, or run")


@pytest.mark.parametrize(
    ("why", "reason", "remedy"),
    [
        ("denied", "no permission for DescribeStacks: not authorized", "ask for that permission"),
        ("network", "no connection to sts.eu-west-1.amazonaws.com", "check the network, VPN and proxy, then refresh"),
    ],
)
async def test_where_a_log_in_would_not_help_it_is_said_what_would(
    engine: FakeEngine, ran: list[tuple[str, ...]], why: Why, reason: str, remedy: str
) -> None:
    lock_out(engine, SSO, ("webhooks", "dev"))
    cell = Unreachable(world.target("billing", "prod"), reason, remedy, why=why)
    engine.script.cells["billing", "prod"] = CellView(cell, against="staging")
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(("billing", "prod"))
        await toast(driver, f"billing/prod: {reason}; logging in would not help: {remedy}")
        assert (ran, engine.called("logins")) == ([], [])


async def test_advice_is_told(engine: FakeEngine, ran: list[tuple[str, ...]]) -> None:
    lock_out(engine, Advice("there is no AWS profile acme", "aws configure --profile acme"), ("webhooks", "dev"))
    async with driving(engine) as driver:
        await driver.press("L")
        await toast(driver, "dev: there is no AWS profile acme; aws configure --profile acme")
        assert ran == []


async def test_where_nothing_is_missing_any_more_everything_is_read_again(engine: FakeEngine) -> None:
    async with driving(engine) as driver:
        before = snapshots(engine)
        await driver.press("L")
        await toast(driver, "nothing is missing; reading again")
        await driver.until(lambda: snapshots(engine) == before + 1)


async def test_where_no_cell_waits_there_is_nothing_to_ask(engine: FakeEngine) -> None:
    engine.script.cells = {}
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(None)
        await toast(driver, "no cell waits for a log-in")
        assert engine.called("logins") == []


async def test_reading_only_is_no_reason_not_to_log_in(engine: FakeEngine, ran: list[tuple[str, ...]]) -> None:
    lock_out(engine, SSO, ("webhooks", "dev"))
    async with driving(engine, options=Options(read_only=True)) as driver:
        await driver.press("L")
        await toast(driver, "logged in to sso-session acme")
        assert ran == [SSO.argv]


async def test_an_answer_that_comes_late_says_so_and_takes_no_screen_away(
    engine: FakeEngine, ran: list[tuple[str, ...]]
) -> None:
    lock_out(engine, SSO, ("webhooks", "dev"))
    engine.script.holds["logins"] = threading.Event()
    async with driving(engine) as driver:
        await driver.press("L")
        await toast(driver, "asking AWS which log-in is missing")
        await driver.press("question_mark")
        await driver.shows("HelpDialog")
        engine.script.holds["logins"].set()
        await toast(driver, "to log in to sso-session acme, press L again")
        assert ran == []
        await driver.shows("HelpDialog")


# The code


async def test_the_dialog_says_what_the_code_is_for(engine: FakeEngine) -> None:
    lock_out(engine, CODE, ("billing", "prod"), ("orders", "prod"))
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(("billing", "prod"))
        await driver.sees("Log in with an MFA code", "acme-prod", CODE.device, CODE.role, "FOR       prod", "Cancel")
        assert driver.text.index("Cancel") < driver.text.index("Log in ", driver.text.index("Cancel"))


async def test_a_code_is_asked_for_until_it_is_taken(engine: FakeEngine) -> None:
    lock_out(engine, CODE, ("billing", "prod"), ("orders", "prod"))
    async with driving(engine) as driver:
        before = snapshots(engine)
        login_action.LogIn(driver.app).begin(("billing", "prod"))
        await driver.shows("MfaCodeDialog")
        await driver.type("12a34")
        await driver.press("enter")
        await driver.sees("The device shows 6 digits; these are 4.")
        assert engine.called("give_code") == []
        await driver.type("56789")
        await driver.sees("123456")
        await driver.press(*["backspace"] * 6)
        await driver.type("000000")
        await driver.press("enter")
        await driver.sees("AWS rejected the MFA code of profile dev", "6 digits")
        await driver.type("123456")
        await driver.press("enter")
        await toast(driver, "logged in to profile acme-prod: prod")
        await driver.shows("PipelineScreen")
        await driver.until(lambda: snapshots(engine) == before + 1)
        assert [code for _, code in engine.called("give_code")] == ["000000", "123456"]


@pytest.mark.parametrize("keys", [("escape",), ("tab", "enter")])
async def test_esc_and_cancel_give_no_code(engine: FakeEngine, keys: tuple[str, ...]) -> None:
    lock_out(engine, CODE, ("billing", "prod"))
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(("billing", "prod"))
        await driver.shows("MfaCodeDialog")
        await driver.type("123456")
        await driver.press(*keys)
        await driver.shows("PipelineScreen")
        assert engine.called("give_code") == []


async def test_the_button_gives_the_code_too(engine: FakeEngine) -> None:
    lock_out(engine, CODE, ("billing", "prod"))
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(("billing", "prod"))
        await driver.shows("MfaCodeDialog")
        await driver.type("123456")
        await driver.press("tab", "tab", "enter")
        await toast(driver, "logged in to profile acme-prod: prod")


@pytest.mark.parametrize("fails", [False, True])
async def test_a_code_that_was_given_before_esc_is_still_told_of(engine: FakeEngine, fails: bool) -> None:
    lock_out(engine, CODE, ("billing", "prod"))
    engine.script.holds["give_code"] = threading.Event()
    if fails:
        engine.script.errors["give_code"] = CredentialsError("billing/prod", "AWS did not take it", "wait")
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(("billing", "prod"))
        await driver.shows("MfaCodeDialog")
        await driver.type("123456")
        await driver.press("enter", "enter")
        await driver.sees("asking AWS")
        await driver.press("escape")
        await driver.shows("PipelineScreen")
        engine.script.holds["give_code"].set()
        await toast(driver, "billing/prod: AWS did not take it; wait" if fails else "logged in to profile acme-prod")
        assert len(engine.called("give_code")) == 1


async def test_what_the_profile_is_called_is_shown_literally(engine: FakeEngine) -> None:
    login = CodeLogin("[@click=app.quit]x\x1b]52;c;eA==\x07", "[/mfa/{id}]", "[WIP]role")
    lock_out(engine, login, ("billing", "prod"))
    async with driving(engine) as driver:
        login_action.LogIn(driver.app).begin(("billing", "prod"))
        await driver.sees("[@click=app.quit]x", "[/mfa/{id}]", "[WIP]role")
        assert "\x1b" not in driver.text
