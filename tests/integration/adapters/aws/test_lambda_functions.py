"""The aliases of functions and the code of their versions, as Lambda says."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.lambda_functions import LambdaFunctions
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError
from promote_tui.core.traffic.model import AliasRouting
from tests.support.aws_stacks import REGION, target, use_profiles
from tests.support.faults import fault_proxy, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.pipeline import Target
    from promote_tui.demo.emulator import Emulator

pytestmark = pytest.mark.aws

QUICK = Limits(connect=30, read=60, attempts=2, patience=0.3)
NAME = "orders-dev-hello"


def archive(text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("handler.js", text)
    return made.getvalue()


@pytest.fixture
def client(aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - boto3's client has no type
    """Lambda with a function of two versions."""
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    keys: dict[str, Any] = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": REGION}
    made: Any = boto3.client("lambda", endpoint_url=aws.url, **keys)
    role = f"arn:aws:iam::{account}:role/x"
    code = {"ZipFile": archive("1")}
    made.create_function(FunctionName=NAME, Runtime="nodejs20.x", Role=role, Handler="handler.x", Code=code)
    made.publish_version(FunctionName=NAME)
    made.update_function_code(FunctionName=NAME, ZipFile=archive("2"))
    made.publish_version(FunctionName=NAME)
    return made


@pytest.fixture
def where(account: str) -> Target:
    """The target whose account has the function."""
    return target("orders", account)


def test_an_alias_is_its_versions_with_the_shares_of_its_requests(client: Any, where: Target) -> None:  # noqa: ANN401 - the same
    client.create_alias(FunctionName=NAME, Name="live", FunctionVersion="2")
    weights = {"AdditionalVersionWeights": {"1": 0.1}}
    client.create_alias(FunctionName=NAME, Name="split", FunctionVersion="2", RoutingConfig=weights)
    client.create_alias(FunctionName=NAME, Name="latest", FunctionVersion="$LATEST")
    functions = LambdaFunctions(AwsAccounts(SystemClock(), QUICK))
    assert {*functions.aliases(where, NAME)} == {
        AliasRouting("live", (("2", 1.0),)),
        AliasRouting("split", (("2", 0.9), ("1", 0.1))),
        AliasRouting("latest", (("$LATEST", 1.0),)),
    }
    assert functions.aliases(where, "gone") == ()


def test_the_code_of_a_version_is_what_lambda_published(client: Any, where: Target) -> None:  # noqa: ANN401 - the same
    functions = LambdaFunctions(AwsAccounts(SystemClock(), QUICK))
    first, second = (functions.version_code(where, NAME, version) for version in ("1", "2"))
    assert first != second
    assert functions.version_code(where, NAME, "$LATEST") == second == functions.code(where)[NAME]
    assert client.get_function_configuration(FunctionName=NAME, Qualifier="1")["CodeSha256"] == first
    assert functions.version_code(where, NAME, "9") == ""


@pytest.mark.usefixtures("client")
def test_who_may_not_list_aliases_is_told_so(
    where: Target, aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fault_proxy(aws.url) as proxy:
        use_profiles(tmp_path / "config", proxy.url, monkeypatch, account)
        functions = LambdaFunctions(AwsAccounts(SystemClock(), QUICK))
        denied = refuse("AccessDeniedException", 403, "not authorized")
        proxy.spoil(f"GET /2015-03-31/functions/{NAME}/aliases", denied)
        with pytest.raises(AwsError, match="ListAliases"):
            functions.aliases(where, NAME)
