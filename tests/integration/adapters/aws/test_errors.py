"""From the SDK's failures to ours, as a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore import exceptions as sdk

from promote_tui.adapters.aws.errors import SDK_FAILURES, LoginCommands, MfaNeededError, translate, why
from promote_tui.adapters.aws.login import login_commands
from promote_tui.core.errors import CredentialsError, OutOfReachError
from promote_tui.core.model.pipeline import Aws

if TYPE_CHECKING:
    from pathlib import Path

LOGIN = LoginCommands(
    "profile acme", "aws sso login --profile acme", "aws sts get-caller-identity --profile acme", "eu-west-1"
)
STS = "https://sts.eu-west-1.amazonaws.com/"


def refusal(code: str, message: str = "no", status: int = 400, operation: str = "DescribeStacks") -> sdk.ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return sdk.ClientError(response, operation)  # type: ignore[arg-type]  # what the wire gives is less than the stub asks


CREDENTIALS = [
    (refusal("ExpiredToken"), "the credentials of profile acme have expired"),
    (refusal("ExpiredTokenException"), "the credentials of profile acme have expired"),
    (
        refusal("InvalidClientTokenId", status=403),
        "AWS does not accept the credentials of profile acme in eu-west-1 (InvalidClientTokenId)",
    ),
    (
        refusal("SignatureDoesNotMatch"),
        "AWS does not accept the credentials of profile acme in eu-west-1 (SignatureDoesNotMatch)",
    ),
    (sdk.UnauthorizedSSOTokenError(), "the session of profile acme has expired"),
    (sdk.SSOTokenLoadError(error_msg="Token for x does not exist"), "the session of profile acme has expired"),
    (sdk.TokenRetrievalError(provider="sso", error_msg="expired"), "the session of profile acme has expired"),
    (sdk.LoginRefreshRequired(), "the session of profile acme has expired"),
    (sdk.NoCredentialsError(), "no credentials for profile acme"),
    (sdk.ProfileNotFound(profile="acme"), "there is no AWS profile acme"),
    (
        sdk.CredentialRetrievalError(provider="custom-process", error_msg="\n\n\x1b[31mvault is locked\nmore"),
        "profile acme gave no credentials: \ufffd[31mvault is locked",
    ),
    (sdk.CredentialRetrievalError(provider="custom-process", error_msg=""), "profile acme gave no credentials"),
    (
        FileNotFoundError(2, "No such file", "vault"),
        "profile acme gave no usable credentials: [Errno 2] No such file: 'vault'",
    ),
    (
        json.JSONDecodeError("Expecting value", "x", 0),
        "profile acme gave no usable credentials: Expecting value: line 1 column 1 (char 0)",
    ),
    (RuntimeError("still expired"), "profile acme gave no usable credentials: still expired"),
]


@pytest.mark.parametrize(("error", "cause"), CREDENTIALS)
def test_what_new_credentials_mend_names_the_login(error: Exception, cause: str) -> None:
    found = translate(error, "orders/prod", LOGIN)
    assert isinstance(found, CredentialsError)
    assert (found.subject, found.cause, found.remedy) == ("orders/prod", cause, LOGIN.command)
    assert isinstance(error, SDK_FAILURES)


@pytest.mark.parametrize("error", [MfaNeededError(), sdk.RefreshWithMFAUnsupportedError()])
def test_an_mfa_profile_names_the_command_that_asks_for_the_code(error: Exception) -> None:
    found = translate(error, "orders/prod", LOGIN)
    assert isinstance(found, CredentialsError)
    assert found.cause == "profile acme asks for an MFA code"
    assert found.remedy == LOGIN.mfa_command


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (sdk.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "Partial credentials"),
        (sdk.ConfigParseError(path="/home/ana/.aws/config"), "Unable to parse config file"),
        (sdk.InvalidConfigError(error_msg="source_profile and credential_source"), "source_profile"),
        (sdk.InfiniteLoopConfigError(source_profile="a", visited_profiles=["a"]), "loop"),
    ],
)
def test_a_wrong_aws_config_is_told_as_such(error: Exception, cause: str) -> None:
    found = translate(error, "orders/prod", LOGIN)
    assert isinstance(found, CredentialsError)
    assert found.cause.startswith("the AWS configuration of profile acme is not usable: ")
    assert cause in found.cause
    assert found.remedy == "fix it in the AWS config file"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (refusal("ExpiredToken"), "login"),
        (sdk.ProfileNotFound(profile="acme"), "login"),
        (MfaNeededError(), "mfa"),
        (refusal("AccessDenied", "MultiFactorAuthentication failed with invalid MFA code", 403, "AssumeRole"), "mfa"),
        (refusal("AccessDenied", "not trusted", 403, "AssumeRole"), "denied"),
        (refusal("AccessDenied", "not authorized", 403), "denied"),
        (refusal("ForbiddenException", "No access", 403, "GetRoleCredentials"), "denied"),
        (refusal("Throttling"), "network"),
        (sdk.ConnectTimeoutError(endpoint_url=STS), "network"),
        (refusal("ValidationError"), "other"),
    ],
)
def test_a_cell_tells_a_log_in_from_a_permission_and_from_the_network(error: Exception, kind: str) -> None:
    assert why(translate(error, "orders/prod", LOGIN)) == kind


def test_a_refused_code_says_that_each_can_be_used_once() -> None:
    said = "MultiFactorAuthentication failed with invalid MFA one time pass code."
    found = translate(refusal("AccessDenied", said, 403, "AssumeRole"), "orders/prod", LOGIN)
    assert isinstance(found, CredentialsError)
    assert found.cause == f"AWS rejected the MFA code of profile acme: {said}"
    assert found.remedy == "wait for the device's next code: each can be used once"


OUT_OF_REACH = [
    (refusal("Throttling"), "AWS throttles DescribeStacks"),
    (refusal("RequestLimitExceeded", status=503), "AWS throttles DescribeStacks"),
    (refusal("InternalFailure", status=500), "AWS answered 500 to DescribeStacks"),
    (refusal("503", "Service Unavailable", 503), "AWS answered 503 to DescribeStacks"),
    (sdk.EndpointConnectionError(endpoint_url=STS), "no connection to sts.eu-west-1.amazonaws.com"),
    (sdk.ConnectTimeoutError(endpoint_url=STS), "no connection to sts.eu-west-1.amazonaws.com"),
    (sdk.ReadTimeoutError(endpoint_url=STS), "no answer from sts.eu-west-1.amazonaws.com"),
    (sdk.ConnectionClosedError(endpoint_url=STS), "no answer from sts.eu-west-1.amazonaws.com"),
    (sdk.ProxyConnectionError(proxy_url="http://ana:pass@proxy:3128"), "no connection to proxy:3128"),
    (
        sdk.SSLError(endpoint_url=STS, error=ValueError("self signed")),
        "the TLS certificate of sts.eu-west-1.amazonaws.com is not trusted",
    ),
]


@pytest.mark.parametrize(("error", "cause"), OUT_OF_REACH)
def test_what_waiting_or_the_network_mends_is_no_matter_of_credentials(error: Exception, cause: str) -> None:
    found = translate(error, "orders/prod", LOGIN)
    assert isinstance(found, OutOfReachError)
    assert found.cause == cause
    assert found.remedy


OTHER = [
    (
        refusal("AccessDenied", "User: x is not authorized", 403),
        "no permission for DescribeStacks: User: x is not authorized",
        "ask for that permission, or fix the stage's profile",
    ),
    (
        refusal("AccessDenied", "not trusted", 403, "AssumeRole"),
        "the role may not be assumed: not trusted",
        "ask its owner to trust you",
    ),
    (refusal("RequestExpired"), "AWS refuses this machine's clock", "set the clock, then refresh"),
    (
        refusal("SignatureDoesNotMatch", "Signature expired: 2026 is now earlier than 2027"),
        "AWS refuses this machine's clock",
        "set the clock, then refresh",
    ),
    (refusal("ValidationError", "1 error"), "DescribeStacks: 1 error", ""),
    (refusal("Odd", ""), "DescribeStacks: Odd", ""),
    (sdk.InvalidRegionError(region_name="eu_west"), "eu-west-1 is not an AWS region", "fix the stage's region"),
    (sdk.DataNotFoundError(data_path="x"), "AWS could not be asked with profile acme: Unable to load data for: x", ""),
]


@pytest.mark.parametrize(("error", "cause", "remedy"), OTHER)
def test_what_neither_mends_says_what_does(error: Exception, cause: str, remedy: str) -> None:
    found = translate(error, "orders/prod", LOGIN)
    assert not isinstance(found, CredentialsError | OutOfReachError)
    assert (found.cause, found.remedy) == (cause, remedy)


def test_a_region_that_does_not_exist_is_told_from_a_network_that_is_down() -> None:
    login = LoginCommands("profile acme", "", "", "eu-wst-1")
    found = translate(sdk.EndpointConnectionError(endpoint_url="https://sts.eu-wst-1.amazonaws.com/"), "x", login)
    assert (found.cause, found.remedy) == ("eu-wst-1 is not an AWS region", "fix the stage's region")
    local = translate(sdk.EndpointConnectionError(endpoint_url="http://127.0.0.1:1/"), "x", login)
    assert local.cause == "no connection to 127.0.0.1:1"


def test_a_message_of_aws_is_one_line_without_secrets_and_control_characters() -> None:
    found = translate(refusal("Odd", "key AKIAABCDEFGHIJKLMNOP\x1b]52;c\nsecond line"), "x", LOGIN)
    assert found.cause == "DescribeStacks: key [masked]\ufffd]52;c"


CONFIG = """
[default]
aws_access_key_id = 1
[profile keys]
aws_access_key_id = 1
[profile sso]
sso_session = corp
sso_account_id = 111111111111
[profile legacy]
sso_start_url = https://acme.awsapps.com/start
[profile login]
login_session = x
[profile process]
credential_process = vault get
[profile role-on-sso]
role_arn = arn:aws:iam::111111111111:role/deploy
source_profile = sso
[profile role-on-keys]
role_arn = arn:aws:iam::111111111111:role/deploy
source_profile = keys
[profile loop-a]
source_profile = loop-b
[profile loop-b]
source_profile = loop-a
[profile odd name; rm]
aws_access_key_id = 1
"""


@pytest.mark.parametrize(
    ("profile", "words", "command"),
    [
        ("keys", "profile keys", "aws configure --profile keys"),
        ("sso", "profile sso", "aws sso login --profile sso"),
        ("legacy", "profile legacy", "aws sso login --profile legacy"),
        ("login", "profile login", "aws login --profile login"),
        ("process", "profile process", "log in with the program that is its credential_process"),
        ("role-on-sso", "profile role-on-sso", "aws sso login --profile sso"),
        ("role-on-keys", "profile role-on-keys", "aws configure --profile keys"),
        ("loop-a", "profile loop-a", "aws configure --profile loop-b"),
        ("nobody", "profile nobody", "aws configure --profile nobody"),
        ("odd name; rm", "profile odd name; rm", "aws configure --profile 'odd name; rm'"),
        (None, "the default profile", "aws configure"),
    ],
)
def test_the_login_is_the_one_that_the_profile_rests_on(
    profile: str | None, words: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    found = login_commands(Aws("eu-west-1", "111111111111", profile))
    assert (found.profile, found.command) == (words, command)


def test_the_default_chain_is_the_ambient_profile_or_the_environments_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "sso")
    assert login_commands(Aws("eu-west-1", "1")).command == "aws sso login --profile sso"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "1")
    assert login_commands(Aws("eu-west-1", "1")).profile == "the environment"


def test_a_config_file_that_cannot_be_parsed_still_gives_a_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_bytes(b"[[[\n\xff")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert login_commands(Aws("eu-west-1", "1", "acme")).command == "aws configure --profile acme"
