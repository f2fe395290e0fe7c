"""Translates the SDK's failures into errors with cause and next step, by one table."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    InvalidConfigError,
    InvalidRegionError,
    LoginError,
    MissingDependencyException,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    RefreshWithMFAUnsupportedError,
    SSLError,
    SSOError,
    TokenRetrievalError,
    UnknownCredentialError,
)
from botocore.loaders import create_loader

from promote_tui.adapters.aws.refusals import code, is_denied, is_throttled, message, one_line
from promote_tui.core.errors import AwsError, CredentialsError, OutOfReachError
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.model.cells import Why

SDK_FAILURES = (BotoCoreError, ClientError, OSError, ValueError, RuntimeError, AttributeError)
"""All that an SDK call may end with.

Beside its own two kinds: OSError for a credential process or a token file that is missing,
ValueError and AttributeError where such a process prints something else than what AWS asks for,
RuntimeError where renewed credentials are expired already.
"""


class MfaNeededError(BotoCoreError):
    """The profile needs an MFA code, and there is nobody to ask here."""

    fmt = "an MFA code is needed"


class DeviceNeededError(BotoCoreError):
    """The configuration names an MFA device for a role, and no code of it was given."""

    fmt = "a code of {device} is needed"


class CodeNeededError(CredentialsError):
    """A person's MFA code is needed."""


class DeviceCodeNeededError(CodeNeededError):
    """The code of the device that the configuration names is needed."""


class NoPermissionError(AwsError):
    """The credentials are valid but not allowed to do this: logging in again would not help."""


@dataclass(frozen=True, slots=True)
class LoginCommands:
    """The profile that was used, in words, and how to get new credentials for it.

    `command` and `mfa_command` begin with `aws` if a command does it.
    """

    profile: str
    command: str
    mfa_command: str
    region: str


@dataclass(frozen=True, slots=True)
class _Trouble:
    kind: type[AwsError]
    cause: str
    remedy: str


def translate(error: BaseException, subject: str, login: LoginCommands) -> AwsError:
    """Return the error to report: a CredentialsError if new credentials would help, else another AwsError."""
    if isinstance(error, ClientError):
        trouble = _refusal(error, login)
    else:
        rows = (row for types, row in _TABLE if isinstance(error, types))
        trouble = next(rows, _unforeseen)(error, login)
    return trouble.kind(subject, trouble.cause, trouble.remedy)


def why(error: AwsError) -> Why:
    """Return the kind of trouble, as a cell tells it apart."""
    return next((word for kind, word in _WHY if isinstance(error, kind)), "other")


_WHY: tuple[tuple[type[AwsError], Why], ...] = (
    (CodeNeededError, "mfa"),
    (CredentialsError, "login"),
    (NoPermissionError, "denied"),
    (OutOfReachError, "network"),
)
CODE_VARIABLE = "PROMOTE_TUI_MFA_CODE"
"""Where a command, which asks nobody, finds a code of the device that the configuration names."""
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "UnauthorizedException"})
_CLOCK = frozenset({"RequestExpired", "RequestTimeTooSkewed"})
_UNKNOWN_KEYS = frozenset({
    "AuthFailure",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
})  # fmt: skip
_MFA_REFUSED = "MultiFactorAuthentication failed"
"""What STS says of a code that is wrong, was used before, or is not of that device."""
_AGAIN = "wait a minute, then refresh"
_NETWORK = "check the network, VPN and proxy, then refresh"
_SERVER_ERROR = 500


def _refusal(error: ClientError, login: LoginCommands) -> _Trouble:  # noqa: PLR0911 - the table, row by row
    """Return what an error response of AWS means."""
    name, said = code(error), message(error)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if name in _CLOCK or "Signature expired" in said or "Signature not yet current" in said:
        return _Trouble(AwsError, "AWS refuses this machine's clock", "set the clock, then refresh")
    if name in _EXPIRED:
        return _Trouble(CredentialsError, f"the credentials of {login.profile} have expired", login.command)
    if name in _UNKNOWN_KEYS:
        cause = f"AWS does not accept the credentials of {login.profile} in {login.region} ({name})"
        return _Trouble(CredentialsError, cause, login.command)
    if is_denied(error):
        return _denied(error, said, login)
    if is_throttled(error):
        return _Trouble(OutOfReachError, f"AWS throttles {error.operation_name}", _AGAIN)
    if status >= _SERVER_ERROR:
        return _Trouble(OutOfReachError, f"AWS answered {status} to {error.operation_name}", _AGAIN)
    return _Trouble(AwsError, f"{error.operation_name}: {said or name}", "")


def _denied(error: ClientError, said: str, login: LoginCommands) -> _Trouble:
    if error.operation_name in {"AssumeRole", "GetSessionToken"} and _MFA_REFUSED in said:
        cause = f"AWS rejected the MFA code of {login.profile}: {said}"
        return _Trouble(CodeNeededError, cause, "wait for the device's next code: each can be used once")
    if error.operation_name == "AssumeRole":
        return _Trouble(NoPermissionError, f"the role may not be assumed: {said}", "ask its owner to trust you")
    remedy = "ask for that permission, or fix the stage's profile"
    return _Trouble(NoPermissionError, f"no permission for {error.operation_name}: {said}", remedy)


def _expired_session(_: BaseException, login: LoginCommands) -> _Trouble:
    return _Trouble(CredentialsError, f"the session of {login.profile} has expired", login.command)


def _no_credentials(_: BaseException, login: LoginCommands) -> _Trouble:
    return _Trouble(CredentialsError, f"no credentials for {login.profile}", login.command)


def _no_profile(_: BaseException, login: LoginCommands) -> _Trouble:
    return _Trouble(CredentialsError, f"there is no AWS {login.profile}", login.command)


def _mfa(_: BaseException, login: LoginCommands) -> _Trouble:
    return _Trouble(CodeNeededError, f"{login.profile} asks for an MFA code", login.mfa_command)


def _device(error: BaseException, login: LoginCommands) -> _Trouble:
    cause = f"{login.profile} needs a code of the MFA device {_details(error).get('device')}"
    return _Trouble(DeviceCodeNeededError, cause, f"give it in the terminal UI, or in {CODE_VARIABLE}")


def _retrieval(error: BaseException, login: LoginCommands) -> _Trouble:
    said = one_line(str(_details(error).get("error_msg", error)))
    cause = f"{login.profile} gave no credentials: {said}" if said else f"{login.profile} gave no credentials"
    return _Trouble(CredentialsError, cause, login.command)


def _bad_config(error: BaseException, login: LoginCommands) -> _Trouble:
    cause = f"the AWS configuration of {login.profile} is not usable: {one_line(str(error))}"
    return _Trouble(CredentialsError, cause, "fix it in the AWS config file")


def _no_dependency(error: BaseException, login: LoginCommands) -> _Trouble:
    cause = f"{login.profile} needs more than is installed: {one_line(str(error))}"
    return _Trouble(AwsError, cause, "install it, or use another profile")


def _bad_region(_: BaseException, login: LoginCommands) -> _Trouble:
    return _Trouble(AwsError, f"{clean(login.region)} is not an AWS region", "fix the stage's region")


def _unconnected(error: BaseException, login: LoginCommands) -> _Trouble:
    if login.region in _host(error) and login.region not in _regions():
        return _bad_region(error, login)
    return _Trouble(OutOfReachError, f"no connection to {_host(error)}", _NETWORK)


def _unanswered(error: BaseException, _: LoginCommands) -> _Trouble:
    return _Trouble(OutOfReachError, f"no answer from {_host(error)}", _NETWORK)


def _untrusted(error: BaseException, _: LoginCommands) -> _Trouble:
    return _Trouble(
        OutOfReachError, f"the TLS certificate of {_host(error)} is not trusted", "check AWS_CA_BUNDLE and proxy"
    )


def _unforeseen(error: BaseException, login: LoginCommands) -> _Trouble:
    said = one_line(str(error)) or type(error).__name__
    return _Trouble(AwsError, f"AWS could not be asked with {login.profile}: {said}", "")


def _unusable(error: BaseException, login: LoginCommands) -> _Trouble:
    """Return what a failure outside the SDK's own kinds means: the profile's own program or files."""
    said = one_line(str(error)) or type(error).__name__
    return _Trouble(CredentialsError, f"{login.profile} gave no usable credentials: {said}", login.command)


@functools.cache
def _regions() -> frozenset[str]:
    """Return every region that this SDK knows, of all partitions."""
    known: Any = create_loader().load_data("endpoints")
    return frozenset(region for partition in known["partitions"] for region in partition["regions"])


def _details(error: BaseException) -> dict[str, Any]:
    found: dict[str, Any] = getattr(error, "kwargs", {})
    return found


def _host(error: BaseException) -> str:
    details = _details(error)
    url = details.get("endpoint_url") or details.get("proxy_url") or ""
    return clean(urlsplit(str(url)).netloc.rpartition("@")[2] or "AWS")


_TABLE: tuple[tuple[tuple[type[BaseException], ...], Callable[[BaseException, LoginCommands], _Trouble]], ...] = (
    ((MfaNeededError, RefreshWithMFAUnsupportedError), _mfa),
    ((DeviceNeededError,), _device),
    ((SSOError, TokenRetrievalError, NoAuthTokenError, LoginError), _expired_session),
    ((ProfileNotFound,), _no_profile),
    ((NoCredentialsError,), _no_credentials),
    ((CredentialRetrievalError,), _retrieval),
    (
        (PartialCredentialsError, ConfigParseError, ConfigNotFound, InvalidConfigError, UnknownCredentialError),
        _bad_config,
    ),
    ((MissingDependencyException,), _no_dependency),
    ((InvalidRegionError,), _bad_region),
    ((SSLError,), _untrusted),
    ((ReadTimeoutError, ConnectionClosedError), _unanswered),
    ((EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError, HTTPClientError), _unconnected),
    ((BotoCoreError,), _unforeseen),
    ((OSError, ValueError, RuntimeError, AttributeError), _unusable),
)
"""The first row that fits counts: what is special stands before what is general."""
