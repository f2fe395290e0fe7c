"""Logging in: what a person has to do for a profile, and the code of an MFA device that is given here."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.mfa_roles import AssumedRoles, RoleCache
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError, CredentialsError
from promote_tui.core.login import Advice, CodeLogin, CommandLogin, group_logins
from promote_tui.core.model.pipeline import Aws, Target
from tests.support.aws_stacks import REGION, use_profiles
from tests.support.faults import Call, Faults, Forward, Reply, fault_proxy, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws
QUICK = Limits(connect=30, read=60, attempts=1, patience=0.2)
DEVICE = "arn:aws:iam::111111111111:mfa/ana"
REFUSED = refuse("AccessDenied", 403, "MultiFactorAuthentication failed with invalid MFA one time pass code.")


class Sts:
    """STS behind a proxy that takes the code 123456 alone, as AWS would."""

    def __init__(self, faults: Faults, account: str) -> None:
        self.faults = faults
        self.account = account
        self.role = f"arn:aws:iam::{account}:role/deploy"
        for action in ("AssumeRole", "GetSessionToken"):
            faults.spoil(action, self._check, when=lambda call: "SerialNumber" in call.parameters)

    def _check(self, call: Call, forward: Forward) -> Reply:
        return forward() if call.parameters.get("TokenCode") == "123456" else REFUSED(call, forward)

    @property
    def codes(self) -> list[str]:
        """The codes that were tried."""
        return [call.parameters["TokenCode"] for call in self.faults.calls if "TokenCode" in call.parameters]


@pytest.fixture
def sts(aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sts]:
    """Profiles: `mfa` asks for a code, `over` builds on it, `sso` and `sso2` share a session, `old` has none."""
    with fault_proxy(aws.url) as faults:
        made = Sts(faults, account)
        end = f"endpoint_url = {faults.url}\n"
        extra = (
            f"[profile mfa]\nrole_arn = {made.role}\nsource_profile = p{account}\nmfa_serial = {DEVICE}\n{end}"
            f"[profile over]\nrole_arn = {made.role}2\nsource_profile = mfa\n{end}"
            "[profile sso]\nsso_session = acme\nsso_account_id = 1\nsso_role_name = x\n"
            "[profile sso2]\nsso_session = acme\nsso_account_id = 2\nsso_role_name = x\n"
            "[sso-session acme]\nsso_region = eu-west-1\nsso_start_url = https://never.awsapps.com/start\n"
            "[profile old]\nsso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\n"
            "sso_account_id = 3\nsso_role_name = x\n"
        )
        use_profiles(tmp_path / "config", faults.url, monkeypatch, account, extra=extra)
        monkeypatch.setenv("DISPLAY", ":0")
        for name in ("SSH_CONNECTION", "SSH_TTY"):
            monkeypatch.delenv(name, raising=False)
        yield made


def ours() -> AwsAccounts:
    return AwsAccounts(SystemClock(), QUICK)


def by(profile: str | None, account: str = "111111111111", stage: str = "prod", role: str | None = None) -> Target:
    return Target("orders", stage, f"orders-{stage}", stage, Aws(REGION, account, profile, role))


# What a person has to do


def test_good_credentials_want_nothing(sts: Sts) -> None:
    assert ours().login(by(f"p{sts.account}", sts.account)) is None


def test_an_sso_profile_wants_its_command(sts: Sts) -> None:
    assert ours().login(by("sso")) == CommandLogin(("aws", "sso", "login", "--profile", "sso"), "sso-session acme")


@pytest.mark.parametrize(("name", "value"), [("SSH_CONNECTION", "1.2.3.4 1 1.2.3.4 22"), ("DISPLAY", "")])
def test_without_a_browser_here_the_command_gives_a_code_for_another_device(
    sts: Sts, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    found = ours().login(by("sso"))
    assert isinstance(found, CommandLogin)
    assert found.argv == ("aws", "sso", "login", "--profile", "sso", "--use-device-code", "--no-browser")


def test_profiles_of_one_sso_session_are_logged_in_to_once(sts: Sts) -> None:
    accounts = ours()
    targets = [by("sso", stage="dev"), by("sso2", stage="staging"), by("old", stage="prod")]
    found = group_logins((target, login) for target in targets if (login := accounts.login(target)))
    assert [(need.login.serves, need.stages) for need in found] == [
        ("sso-session acme", ("dev", "staging")),
        ("https://old.awsapps.com/start", ("prod",)),
    ]


def test_an_mfa_profile_wants_the_code_of_its_device_also_from_what_builds_on_it(sts: Sts) -> None:
    wanted = CodeLogin("mfa", DEVICE, sts.role)
    assert ours().login(by("mfa", sts.account)) == wanted
    assert ours().login(by("over", sts.account)) == wanted


def test_what_no_command_of_the_aws_cli_mends_is_advice(sts: Sts) -> None:
    assert ours().login(by("nobody")) == Advice("there is no AWS profile nobody", "aws configure --profile nobody")


def test_no_permission_is_raised_because_a_log_in_would_not_help(sts: Sts) -> None:
    sts.faults.spoil("AssumeRole", refuse("AccessDenied", 403, "not trusted"))
    with pytest.raises(AwsError, match="the role may not be assumed: not trusted") as caught:
        ours().login(by(f"p{sts.account}", sts.account, role=sts.role))
    assert not isinstance(caught.value, CredentialsError)


# The code


def test_a_code_logs_in_every_target_whose_profile_rests_on_it(sts: Sts) -> None:
    accounts = ours()
    for profile in ("mfa", "over"):
        with pytest.raises(CredentialsError, match="asks for an MFA code"):
            accounts.identity(by(profile, sts.account))
    accounts.give_code(by("mfa", sts.account), "123456")
    assert accounts.identity(by("mfa", sts.account)).account == sts.account
    assert accounts.identity(by("mfa", sts.account, stage="dev")).account == sts.account
    assert accounts.identity(by("over", sts.account)).account == sts.account
    assert accounts.identity(by("mfa", sts.account, role=f"{sts.role}3")).arn.endswith("role/deploy3/deploy")
    assert accounts.login(by("over", sts.account)) is None
    assert sts.codes == ["123456"]


def test_a_wrong_code_is_told_and_another_one_may_follow(sts: Sts) -> None:
    accounts, target = ours(), by("mfa", sts.account)
    with pytest.raises(CredentialsError, match="AWS rejected the MFA code of profile mfa"):
        accounts.give_code(target, "000000")
    with pytest.raises(CredentialsError, match="asks for an MFA code"):
        accounts.identity(target)
    accounts.give_code(target, "123456")
    assert accounts.identity(target).account == sts.account
    assert sts.codes == ["000000", "123456"]


def test_the_role_is_lent_to_children_with_its_end(sts: Sts, tmp_path: Path) -> None:
    accounts, target = ours(), by("mfa", sts.account)
    accounts.give_code(target, "123456")
    with accounts.lend(target, tmp_path / "aws") as lent:
        assert lent.identity.account == sts.account
        assert lent.expires_at is not None
        assert timedelta(minutes=30) < lent.expires_at - datetime.now(UTC) < timedelta(minutes=61)
    assert sts.codes == ["123456"]


def test_nothing_of_the_role_is_written_to_a_file(sts: Sts, home: Path) -> None:
    accounts = ours()
    accounts.give_code(by("mfa", sts.account), "123456")
    assert [path for path in home.rglob("*") if path.is_file()] == []


# Over to another process


def test_what_a_code_gave_is_handed_over_and_is_good_there(sts: Sts) -> None:
    here, there, target = ours(), ours(), by("over", sts.account)
    here.give_code(target, "123456")
    there.take_over(here.hand_over([target]))
    assert there.identity(target).account == sts.account
    assert there.identity(by("mfa", sts.account)).account == sts.account
    assert sts.codes == ["123456"]


def test_only_what_the_targets_need_is_handed_over(sts: Sts) -> None:
    accounts = ours()
    assert accounts.hand_over([by("mfa", sts.account)]) == b""
    accounts.give_code(by("mfa", sts.account), "123456")
    assert accounts.hand_over([by("mfa", sts.account)])
    assert accounts.hand_over([by(f"p{sts.account}", sts.account), by("sso"), by(None), by("nobody")]) == b""


@pytest.mark.parametrize("handed", [b"", b"\xff", b"[]", b'{"mfa": 1}', b'{"mfa": {"k": {"AccessKeyId": "a"}}}'])
def test_what_is_not_of_that_form_is_left_out(sts: Sts, handed: bytes) -> None:
    accounts = ours()
    accounts.take_over(handed)
    with pytest.raises(CredentialsError, match="asks for an MFA code"):
        accounts.identity(by("mfa", sts.account))


# Until they end


def role(ends: datetime, key: str = "a") -> dict[str, object]:
    return {"AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": ends}


def test_a_role_that_has_ended_is_not_handed_over() -> None:
    roles, now = AssumedRoles(), datetime.now(UTC)
    RoleCache(roles, "mfa")["k"] = {"Credentials": role(now + timedelta(seconds=5))}
    assert roles.hand_over({"mfa"}, now)
    assert roles.hand_over({"mfa"}, now + timedelta(seconds=6)) == b""


@pytest.mark.parametrize(("minutes", "key"), [(5, "ours"), (50, "the CLI's")])
def test_the_role_that_lives_longer_is_used(home: Path, minutes: int, key: str) -> None:
    now = datetime.now(UTC)
    cache = RoleCache(AssumedRoles(), "mfa")
    cache["k"] = {"Credentials": role(now + timedelta(minutes=30), "ours")}
    folder = home / ".aws" / "cli" / "cache"
    folder.mkdir(parents=True)
    theirs = {**role(now, "the CLI's"), "Expiration": (now + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    (folder / "k.json").write_text(json.dumps({"Credentials": theirs}))
    assert cache["k"]["Credentials"]["AccessKeyId"] == key


@pytest.mark.parametrize("text", ["", "[]", '{"Credentials": 1}', '{"Credentials": {"AccessKeyId": "a"}}'])
def test_a_file_that_is_none_of_the_cli_is_as_if_it_were_not_there(home: Path, text: str) -> None:
    folder = home / ".aws" / "cli" / "cache"
    folder.mkdir(parents=True)
    (folder / "k.json").write_text(text)
    assert "k" not in RoleCache(AssumedRoles(), "mfa")


def test_an_open_session_uses_the_role_to_its_end_and_a_new_one_wants_the_next_code(
    sts: Sts, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, target, late = ours(), by("mfa", sts.account), [timedelta()]
    monkeypatch.setattr("botocore.credentials._local_now", lambda: datetime.now(UTC) + late[0])
    accounts.give_code(target, "123456")
    before = token(accounts, target)
    late[0] = timedelta(minutes=56)
    assert token(accounts, target) == before
    assert isinstance(accounts.login(target), CodeLogin)
    accounts.give_code(target, "123456")
    assert sts.codes == ["123456", "123456"]
    late[0] = timedelta(minutes=61)
    with pytest.raises(CredentialsError, match="asks for an MFA code"):
        token(accounts, target)


def token(accounts: AwsAccounts, target: Target) -> str | None:
    with accounts.session(target) as session:
        return session.keys().token
