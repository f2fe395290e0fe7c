"""Values of the SSM Parameter Store and of Secrets Manager: the adapter, and the stand-in that tests of others use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.kept_values import KeptValues
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.model.pipeline import Target
from promote_tui.ports import ValueReader
from tests.support.aws_stacks import REGION, target, use_profiles
from tests.support.fakes.values import FakeValues
from tests.support.faults import fault_proxy, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws

QUICK = Limits(connect=30, read=60, attempts=2, patience=0.3)
MANY = {f"/many/{number}": str(number) for number in range(23)}
KEPT = {"/orders/key": "s3cr3t", "/orders/list": "a,b", "plain": "x", **MANY}
SECRETS = {"orders/key": "t0ken", "orders/json": '{"user": "ana"}'}


@dataclass
class Shelf:
    """A reader of values, and the target whose account keeps them."""

    values: ValueReader
    target: Target


@pytest.fixture(params=["memory", "aws"])
def shelf(request: pytest.FixtureRequest, aws: Emulator, account: str, tmp_path: Path) -> Shelf:
    """The stand-in, and the adapter, each with the same values."""
    where = target("orders", account)
    if request.param == "memory":
        kept = {(account, name): value for name, value in KEPT.items()}
        return Shelf(FakeValues(kept, {(account, name): text for name, text in SECRETS.items()}), where)
    use_profiles(tmp_path / "config", aws.url, request.getfixturevalue("monkeypatch"), account)
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    ssm = boto3.client("ssm", endpoint_url=aws.url, **keys)
    kinds = {"/orders/key": "SecureString", "/orders/list": "StringList"}
    for name, value in KEPT.items():
        ssm.put_parameter(Name=name, Value=value, Type=kinds.get(name, "String"))
    secrets = boto3.client("secretsmanager", endpoint_url=aws.url, **keys)
    for name, text in SECRETS.items():
        secrets.create_secret(Name=name, SecretString=text)
    return Shelf(KeptValues(AwsAccounts(SystemClock(), QUICK)), where)


def test_parameters_are_read_decrypted_and_what_is_not_there_is_left_out(shelf: Shelf) -> None:
    wanted = ("/orders/key", "/orders/list", "plain", "/gone")
    assert shelf.values.parameters(shelf.target, wanted) == {
        "/orders/key": "s3cr3t",
        "/orders/list": "a,b",
        "plain": "x",
    }


def test_more_parameters_than_one_call_takes_are_read(shelf: Shelf) -> None:
    assert shelf.values.parameters(shelf.target, tuple(MANY)) == MANY


def test_a_secret_is_its_text_and_none_where_there_is_none(shelf: Shelf) -> None:
    assert shelf.values.secret(shelf.target, "orders/key") == "t0ken"
    assert shelf.values.secret(shelf.target, "orders/json") == '{"user": "ana"}'
    assert shelf.values.secret(shelf.target, "orders/gone") is None


def test_names_may_be_arns_and_versions_and_a_binary_secret_is_refused(
    aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    ssm = boto3.client("ssm", endpoint_url=aws.url, **keys)
    ssm.put_parameter(Name="/a/b", Value="1", Type="String")
    arn = ssm.get_parameter(Name="/a/b")["Parameter"]["ARN"]
    secrets = boto3.client("secretsmanager", endpoint_url=aws.url, **keys)
    secret = secrets.create_secret(Name="text", SecretString="2")["ARN"]
    secrets.create_secret(Name="binary", SecretBinary=b"\0")
    values, where = KeptValues(AwsAccounts(SystemClock(), QUICK)), target("orders", account)
    assert values.parameters(where, (arn,)) == {arn: "1"}
    assert values.secret(where, secret) == "2"
    with pytest.raises(AwsError, match="the secret binary is not text; keep it as a string"):
        values.secret(where, "binary")


def test_who_may_not_read_them_is_told_so(
    aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fault_proxy(aws.url) as proxy:
        use_profiles(tmp_path / "config", proxy.url, monkeypatch, account)
        proxy.spoil("GetParameters", refuse("AccessDeniedException", 400, "not authorized"))
        proxy.spoil("GetSecretValue", refuse("AccessDeniedException", 400, "not authorized"))
        values, where = KeptValues(AwsAccounts(SystemClock(), QUICK)), target("orders", account)
        with pytest.raises(AwsError, match="GetParameters"):
            values.parameters(where, ("/a",))
        with pytest.raises(AwsError, match="GetSecretValue"):
            values.secret(where, "a")
