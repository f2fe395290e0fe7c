"""Who `{user}` stands for by AWS, and that nothing is done in a stage of nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import CredentialsError, UsageError
from promote_tui.core.model.users import Unresolved
from promote_tui.core.value import replace
from promote_tui.engine.governance import find_stage
from promote_tui.engine.users import explain_unresolved, find_user
from tests.support.engine_world import World, engine_on
from tests.support.fakes import world
from tests.support.fakes.accounts import FakeAccounts

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.pipeline import Pipeline

ROLE = "AWSReservedSSO_Developer_0123456789abcdef"
WHY = Unresolved("nobody", "be somebody")


def nobodys(profile: str | None = "dev") -> Pipeline:
    """Return a pipeline whose first stage is nobody's."""
    made = world.pipeline("orders")
    first, *others = made.stages
    aws = replace(first.aws, account="", profile=profile, role_arn="arn:role", unresolved=Unresolved())
    service = made.service("orders")
    targets = (replace(service.targets[0], aws=aws), *service.targets[1:])
    return replace(made, stages=(replace(first, aws=aws), *others), services=(replace(service, targets=targets),))


def test_it_is_who_we_are_by_the_stages_profile() -> None:
    accounts = FakeAccounts("ana")
    accounts.role = ROLE
    assert find_user(accounts, nobodys()) == "ana"


def test_a_role_that_several_may_assume_is_nobody_unless_its_sessions_are_trusted() -> None:
    found = find_user(FakeAccounts("ana"), nobodys())
    assert isinstance(found, Unresolved)
    assert found.cause.endswith(":assumed-role/deploy/ana, which may be several people")
    assert find_user(FakeAccounts("ana"), replace(nobodys(), trusted_roles=("deploy",))) == "ana"


def test_a_profile_that_is_the_users_own_cannot_say_who_that_is() -> None:
    assert find_user(FakeAccounts("ana"), nobodys("{user}-dev")) == Unresolved(
        "{user} stands for nobody here, and AWS cannot be asked with a profile that has it in its name"
    )


def test_where_a_log_in_is_missing_that_is_the_next_step() -> None:
    accounts = FakeAccounts("ana")
    accounts.log_out("", CredentialsError("x", "the session has expired", "aws sso login"))
    assert find_user(accounts, nobodys()) == Unresolved(
        "{user} stands for nobody here, and AWS cannot be asked who you are: the session has expired",
        "aws sso login; or set `user` in promote-tui.local.yml, or PROMOTE_TUI_USER",
    )


def test_a_reason_is_given_wherever_it_is_missing_and_nowhere_else() -> None:
    explained = explain_unresolved(nobodys(), WHY)
    assert [stage.aws.unresolved for stage in explained.stages] == [WHY, None, None]
    assert [target.aws.unresolved for target in explained.service("orders").targets] == [WHY, None, None]


def test_nothing_is_promoted_into_a_stage_of_nobody_and_a_name_that_is_missing_may_be_theirs(tmp_path: Path) -> None:
    pipeline = explain_unresolved(nobodys(), WHY)
    with pytest.raises(UsageError) as caught:
        engine_on(World(tmp_path).ports, pipeline).governance.ruling("orders", "dev")
    assert str(caught.value) == "orders/dev: nobody; be somebody"
    with pytest.raises(UsageError) as caught:
        find_stage(pipeline, "dev-ana")
    assert str(caught.value) == "stage dev-ana: there is no such stage (only dev, staging, prod): nobody; be somebody"
