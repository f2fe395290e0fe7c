"""The code of a device that the configuration names: one is good for every role, here and in another process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import CredentialsError
from promote_tui.core.login import CodeLogin, group_logins
from promote_tui.core.model.pipeline import Aws, Target
from tests.integration.adapters.aws.test_login import DEVICE, QUICK, Sts, sts
from tests.support.aws_stacks import REGION, use_profiles

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["sts"]
pytestmark = pytest.mark.aws
OTHER = "arn:aws:iam::111111111111:mfa/phone"
VARIABLE = "PROMOTE_TUI_MFA_CODE"


@pytest.fixture(autouse=True)
def no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def ours() -> AwsAccounts:
    return AwsAccounts(SystemClock(), QUICK)


def wanting(sts: Sts, stage: str = "prod", device: str = DEVICE, profile: str | None = None) -> Target:
    """Return a target whose role, one of its own, wants a code of the device."""
    aws = Aws(REGION, sts.account, profile or f"p{sts.account}", f"{sts.role}-{stage}", mfa=device)
    return Target("orders", stage, f"orders-{stage}", stage, aws)


def test_a_code_of_the_device_is_wanted_once_for_all_its_roles(sts: Sts) -> None:
    accounts = ours()
    targets = [wanting(sts, "dev"), wanting(sts), wanting(sts, "staging", OTHER)]
    found = group_logins((target, login) for target in targets if (login := accounts.login(target)))
    profile = f"p{sts.account}"
    assert [(need.login, need.stages) for need in found] == [
        (CodeLogin(profile, DEVICE, f"{sts.role}-dev"), ("dev", "prod")),
        (CodeLogin(profile, OTHER, f"{sts.role}-staging"), ("staging",)),
    ]
    accounts.give_code(targets[0], "123456")
    assert accounts.identity(targets[0]).arn.endswith("role/deploy-dev/root")
    assert accounts.identity(targets[1]).arn.endswith("role/deploy-prod/root")
    assert accounts.login(targets[1]) is None
    assert isinstance(accounts.login(targets[2]), CodeLogin)
    assert sts.codes == ["123456"]


def test_what_is_missing_is_told_with_both_ways_to_give_it(sts: Sts) -> None:
    with pytest.raises(CredentialsError) as caught:
        ours().identity(wanting(sts))
    cause = f"orders/prod: profile p{sts.account} needs a code of the MFA device {DEVICE}"
    assert str(caught.value) == f"{cause}; give it in the terminal UI, or in {VARIABLE}"
    assert sts.codes == []


def test_a_wrong_code_is_told_and_another_one_may_follow(sts: Sts) -> None:
    accounts, target = ours(), wanting(sts)
    with pytest.raises(CredentialsError, match="AWS rejected the MFA code of profile p"):
        accounts.give_code(target, "000000")
    with pytest.raises(CredentialsError, match="needs a code of the MFA device"):
        accounts.identity(target)
    accounts.give_code(target, "123456")
    assert accounts.identity(target).account == sts.account
    assert sts.codes == ["000000", "123456"]


def test_a_command_finds_the_code_in_the_environment_and_uses_it_once(
    sts: Sts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "123456")
    accounts = ours()
    assert {accounts.identity(wanting(sts, stage)).account for stage in ("dev", "prod")} == {sts.account}
    with pytest.raises(CredentialsError, match="needs a code of the MFA device"):
        accounts.identity(wanting(sts, device=OTHER))
    assert sts.codes == ["123456"]


def test_what_a_code_gave_is_handed_over_for_the_targets_that_want_it(sts: Sts, home: Path) -> None:
    here, there, target = ours(), ours(), wanting(sts)
    assert here.hand_over([target]) == b""
    here.give_code(target, "123456")
    assert here.hand_over([Target("orders", "dev", "s", "dev", Aws(REGION, sts.account, f"p{sts.account}"))]) == b""
    there.take_over(here.hand_over([target]))
    assert there.identity(target).account == sts.account
    assert sts.codes == ["123456"]
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_credentials_that_are_a_session_already_are_used_as_they_are(
    sts: Sts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = boto3.Session(profile_name=f"p{sts.account}", region_name=REGION).client("sts").get_session_token()
    keys = session["Credentials"]
    extra = (
        f"[profile session]\naws_access_key_id = {keys['AccessKeyId']}\n"
        f"aws_secret_access_key = {keys['SecretAccessKey']}\naws_session_token = {keys['SessionToken']}\n"
        f"endpoint_url = {sts.faults.url}\n"
    )
    use_profiles(tmp_path / "config", sts.faults.url, monkeypatch, sts.account, extra=extra)
    assert ours().identity(wanting(sts, profile="session")).arn.endswith("role/deploy-prod/root")
    assert sts.codes == []


def test_roles_are_assumed_anew_without_a_code_until_the_devices_session_ends(
    sts: Sts, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, target = ours(), wanting(sts)
    accounts.give_code(target, "123456")
    assumed = [accounts.login(target), accounts.login(target)]
    assert (assumed, sts.codes) == ([None, None], ["123456"])
    assert sum(call.action == "AssumeRole" for call in sts.faults.calls) == 1 + len(assumed)
    monkeypatch.setattr("promote_tui.adapters.aws.device_session.end_of", lambda _: datetime.now(UTC))
    assert isinstance(accounts.login(target), CodeLogin)
