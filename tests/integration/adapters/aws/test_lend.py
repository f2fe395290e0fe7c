"""The credentials that a child gets: a private file, checked by STS with that very file, and gone at the end."""

from __future__ import annotations

import json
import os
import stat
from configparser import ConfigParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError, CredentialsError
from promote_tui.core.model.pipeline import Aws, Target
from tests.integration.adapters.aws.test_session import count_reads
from tests.support.aws_stacks import REGION, target, use_profiles
from tests.support.fakes.accounts import FakeAccounts
from tests.support.faults import Faults, drop_request, fault_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.demo.emulator import Emulator
    from promote_tui.ports import Accounts

pytestmark = pytest.mark.aws
QUICK = Limits(connect=30, read=60, attempts=1, patience=0.2)


@pytest.fixture
def faults(aws: Emulator) -> Iterator[Faults]:
    with fault_proxy(aws.url) as proxy:
        yield proxy


@pytest.fixture
def orders(faults: Faults, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A target whose profile holds keys of its account."""
    use_profiles(tmp_path / "config", faults.url, monkeypatch, account)
    return target("orders", account)


@pytest.fixture(params=["fake", "aws"])
def accounts(request: pytest.FixtureRequest, orders: Target) -> Accounts:
    return FakeAccounts() if request.param == "fake" else AwsAccounts(SystemClock(), QUICK)


def real() -> AwsAccounts:
    return AwsAccounts(SystemClock(), QUICK)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# What every Accounts promises


def test_the_identity_is_of_the_targets_account(accounts: Accounts, orders: Target) -> None:
    found = accounts.identity(orders)
    assert found.account == orders.aws.account
    assert found.arn.split(":")[4] == orders.aws.account
    assert found.person


def test_the_file_is_private_and_gone_at_the_end(accounts: Accounts, orders: Target, tmp_path: Path) -> None:
    folder = tmp_path / "plan" / "aws"
    with accounts.lend(orders, folder) as lent:
        path = Path(lent.environment["AWS_CONFIG_FILE"])
        assert path.parent == folder
        assert (mode(folder), mode(path)) == (0o700, 0o600)
        assert lent.identity.account == orders.aws.account
        assert lent.profile == "promote-tui"
        assert "[profile promote-tui]" in path.read_text()
    assert list(folder.iterdir()) == []


def test_the_file_is_gone_when_the_work_fails(accounts: Accounts, orders: Target, tmp_path: Path) -> None:
    with pytest.raises(KeyError), accounts.lend(orders, tmp_path / "aws"):
        raise KeyError
    assert list((tmp_path / "aws").iterdir()) == []


def test_the_environment_leads_to_the_file_and_holds_no_secret(
    accounts: Accounts, orders: Target, tmp_path: Path
) -> None:
    with accounts.lend(orders, tmp_path / "aws") as lent:
        assert lent.environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
        assert lent.environment["AWS_REGION"] == lent.environment["AWS_DEFAULT_REGION"] == REGION
        assert lent.environment["AWS_SDK_LOAD_CONFIG"] == "1"
        assert lent.environment["AWS_EC2_METADATA_DISABLED"] == "true"
        assert lent.secrets
        text = Path(lent.environment["AWS_CONFIG_FILE"]).read_text()
        for secret in lent.secrets:
            assert secret in text
            assert secret not in " ".join(lent.environment.values())


def test_two_children_may_be_lent_to_at_once_in_one_folder(accounts: Accounts, orders: Target, tmp_path: Path) -> None:
    with accounts.lend(orders, tmp_path / "aws") as first:
        with accounts.lend(orders, tmp_path / "aws"):
            pass
        assert Path(first.environment["AWS_CONFIG_FILE"]).exists()


# On AWS


def test_sts_is_asked_with_the_file_and_not_with_what_is_around_it(
    orders: Target, faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "999999999999")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ambient")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with real().lend(orders, tmp_path / "aws") as lent:
        assert lent.identity.account == orders.aws.account
    assert [(call.action, call.access_key) for call in faults.calls] == [("GetCallerIdentity", orders.aws.account)]


def test_the_files_keys_are_those_that_were_checked(orders: Target, tmp_path: Path) -> None:
    with real().lend(orders, tmp_path / "aws") as lent:
        config = ConfigParser(interpolation=None)
        config.read(lent.environment["AWS_CONFIG_FILE"])
        assert dict(config["profile promote-tui"]) == {
            "region": REGION,
            "aws_access_key_id": orders.aws.account,
            "aws_secret_access_key": f"secret-{orders.aws.account}",
        }
        assert lent.secrets == (f"secret-{orders.aws.account}",)
        assert lent.expires_at is None


def test_the_endpoint_of_the_profile_goes_with_it(orders: Target, faults: Faults, tmp_path: Path) -> None:
    with real().lend(orders, tmp_path / "aws") as lent:
        assert lent.environment["AWS_ENDPOINT_URL"] == faults.url


def test_an_assumed_role_is_lent_with_its_token_and_a_full_hour(orders: Target, tmp_path: Path, faults: Faults) -> None:
    role = f"arn:aws:iam::{orders.aws.account}:role/deploy"
    roled = Target("orders", "prod", "orders-prod", "prod", Aws(REGION, orders.aws.account, orders.aws.profile, role))
    accounts = real()
    accounts.identity(roled)
    faults.forget()
    with accounts.lend(roled, tmp_path / "aws") as lent:
        assert lent.identity.arn.endswith(":assumed-role/deploy/root")
        assert lent.expires_at is not None
        assert lent.expires_at - datetime.now(UTC) > timedelta(minutes=55)
        assert len(lent.secrets) == 2
        assert f"aws_session_token = {lent.secrets[1]}" in Path(lent.environment["AWS_CONFIG_FILE"]).read_text()
    assert "sts:AssumeRole" in faults.actions


def test_credentials_that_sts_does_not_answer_for_are_not_lent(orders: Target, faults: Faults, tmp_path: Path) -> None:
    faults.spoil("GetCallerIdentity", drop_request)
    with pytest.raises(AwsError, match="no answer from"), real().lend(orders, tmp_path / "aws"):
        pytest.fail("lent without a check")
    assert list((tmp_path / "aws").iterdir()) == []


def test_an_open_folder_is_closed_to_others(orders: Target, tmp_path: Path) -> None:
    folder = tmp_path / "aws"
    folder.mkdir()
    folder.chmod(0o755)
    with real().lend(orders, folder):
        assert mode(folder) == 0o700


def test_a_planted_link_is_not_followed(orders: Target, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "aws").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AwsError, match="cannot be written"), real().lend(orders, tmp_path / "aws"):
        pytest.fail("a link was followed")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_line(orders: Target, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AwsError) as caught, real().lend(orders, tmp_path / "file" / "aws"):
        pytest.fail("lent without a file")
    assert caught.value.remedy == "make the folder writable and free some space"


def test_what_the_work_raises_is_not_taken_for_a_failure_of_aws(orders: Target, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="disk full"), real().lend(orders, tmp_path / "aws"):
        raise OSError(28, "disk full")


@pytest.mark.parametrize("key", ["AccessKeyId", "SecretAccessKey", "SessionToken"])
def test_credentials_that_would_add_lines_to_the_file_are_refused(
    orders: Target, faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    keys = {"Version": 1, "AccessKeyId": "1", "SecretAccessKey": "x", "SessionToken": "t"}
    (tmp_path / "keys").write_text(json.dumps({**keys, key: "x\ncredential_process = evil"}))
    extra = f"[profile own]\ncredential_process = cat {tmp_path}/keys\nendpoint_url = {faults.url}\n"
    use_profiles(tmp_path / "config", faults.url, monkeypatch, orders.aws.account, extra=extra)
    own = target("orders", orders.aws.account, profile="own")
    with pytest.raises(CredentialsError, match="characters that AWS does not use"), real().lend(own, tmp_path / "aws"):
        pytest.fail("lent")
    assert not (tmp_path / "aws").exists()


def test_the_check_reads_nothing_again_that_botocore_knows_of_sts(
    orders: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = count_reads(monkeypatch, tmp_path)
    accounts = real()
    accounts.identity(orders)
    with accounts.lend(orders, tmp_path / "private"):
        pass
    assert any("sts" in path for path in read)
    assert {*read.values()} <= {0, 1}
