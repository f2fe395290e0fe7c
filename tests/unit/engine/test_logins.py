"""Logging in, as the engine tells what is missing and hands on what a person's code gave."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.aws.errors import CodeNeededError
from promote_tui.core.errors import AwsError, CredentialsError
from promote_tui.core.login import Advice, CodeLogin, CommandLogin
from promote_tui.core.model.pipeline import Aws
from promote_tui.core.runs.run import RunStatus
from promote_tui.core.value import replace
from promote_tui.engine.runs.control import encode_refusal

if TYPE_CHECKING:
    from tests.support.engine_world import World

ALL = (("orders", "prod"), ("orders", "dev"), ("orders", "staging"))


def test_nothing_is_missing_where_everything_can_be_read(world: World) -> None:
    assert world.engine.logins(ALL) == ()
    assert world.engine.logins(()) == ()


def test_stages_of_one_session_are_logged_in_to_once_in_the_order_of_the_pipeline(world: World) -> None:
    world.accounts.log_out("prod")
    world.accounts.log_out("dev")
    (need,) = world.engine.logins(ALL)
    assert need.login == CommandLogin(("aws", "sso", "login", "--profile", "dev"), "sso-session acme")
    assert need.stages == ("dev", "prod")


def test_only_the_cells_that_were_asked_for_count(world: World) -> None:
    world.accounts.log_out("prod")
    assert world.engine.logins([("orders", "dev")]) == ()


def test_trouble_that_no_log_in_mends_is_advice_beside_the_others(world: World) -> None:
    world.accounts.log_out("dev", AwsError("orders/dev", "no connection to sts", "check the network"))
    world.accounts.ask_for_code("prod")
    found = [need.login for need in world.engine.logins(ALL)]
    assert found[0] == Advice("no connection to sts", "check the network")
    assert isinstance(found[1], CodeLogin)


def test_a_code_logs_in_and_goes_to_the_runner_for_every_stage_of_the_service(world: World) -> None:
    world.accounts.ask_for_code("dev")
    (need,) = world.engine.logins(ALL)
    with pytest.raises(CredentialsError, match="rejected the MFA code"):
        world.engine.give_code(need, "000000")
    world.engine.give_code(need, "123456")
    assert world.engine.logins(ALL) == ()
    world.commit("one")
    assert world.promote("dev").status is RunStatus.SUCCEEDED
    assert world.accounts.taken == b"dev"


def test_nothing_is_handed_over_where_no_code_was_given(world: World) -> None:
    world.commit("one")
    assert world.promote("dev").status is RunStatus.SUCCEEDED
    assert world.accounts.taken == b""


def test_a_refusal_of_a_narrower_kind_keeps_the_exit_code_of_its_kind() -> None:
    error = CodeNeededError("orders/dev", "profile dev asks for an MFA code", "give it")
    assert json.loads(encode_refusal(error))["kind"] == "CredentialsError"


def test_the_teams_ledger_is_logged_in_to_as_well(world: World) -> None:
    ops = replace(world.target("prod"), service="ledger", stage="ledger", aws=Aws("eu-west-1", "444444444444", "ops"))
    world.ledger = dataclasses.replace(world.ledger, team=ops)
    world.accounts.log_out("ledger")
    (need,) = world.engine.logins([("orders", "dev")])
    assert need.stages == ("ledger",)
