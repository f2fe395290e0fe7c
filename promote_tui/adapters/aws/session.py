"""The one way into AWS: a boto3 session that never asks a person and never waits forever.

A private part of botocore is replaced, guarded by a test: a session's credentials where a role is assumed on
top of a profile. What is replaced of the chain of credentials is in `credential_chain`.
"""

from __future__ import annotations

import copy
import functools
import os
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    DeferredRefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError
from botocore.hooks import HierarchicalEmitter
from botocore.loaders import create_loader

from promote_tui.adapters.aws.credential_chain import make_non_interactive
from promote_tui.adapters.aws.device_session import DeviceSession
from promote_tui.adapters.aws.mfa_roles import AssumedRoles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.loaders import Loader
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sts import STSClient

    from promote_tui.core.model.pipeline import Aws

CONNECTIONS = 16
"""How many calls a client makes at once, at most."""
_MADE_UP = re.compile(r"(botocore|aws-cli|aws-sdk|aws-go-sdk|aws-sdk-js)-(session-)?\d+")
"""What the AWS SDKs call a session that nobody has named."""
_NOT_IN_A_SESSION_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)


SdkClient: TypeAlias = Any
"""A client of boto3, which types none but those that are installed with stubs."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long AWS is waited for; times are seconds.

    `attempts` are those of one call that fails; a call that is throttled is tried again until
    `patience` is over. `process` is how long a profile's credential_process may take.
    """

    connect: float = 3.0
    read: float = 10.0
    attempts: int = 3
    patience: float = 60.0
    process: float = 30.0

    def config(self) -> Config:
        """Return the configuration of every client."""
        return Config(
            connect_timeout=self.connect,
            read_timeout=self.read,
            retries={"mode": "adaptive", "total_max_attempts": self.attempts},
            max_pool_connections=CONNECTIONS,
        )


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Credentials at one moment; `expires_at` is None if it is unknown."""

    access: str
    secret: str
    token: str | None
    expires_at: datetime | None


class AwsSession:
    """A profile, a region and a role; opened at the first use, usable from several threads.

    What the SDK raises passes through.
    """

    def __init__(self, aws: Aws, limits: Limits, roles: AssumedRoles | None = None, code: str | None = None) -> None:
        self._aws = aws
        self._limits = limits
        self._roles = roles or AssumedRoles()
        self._code = code
        self._lock = threading.RLock()
        self._opened: boto3.Session | None = None
        self._sts: STSClient | None = None
        self._cloudformation: CloudFormationClient | None = None
        self._others: dict[str, Any] = {}

    def sts(self) -> STSClient:
        """Return the client of the token service."""
        with self._lock:
            self._sts = self._sts or self._session().client("sts")
            return self._sts

    def cloudformation(self) -> CloudFormationClient:
        """Return the client of CloudFormation."""
        with self._lock:
            self._cloudformation = self._cloudformation or self._session().client("cloudformation")
            return self._cloudformation

    def client(
        self,
        service: Literal[
            "cloudtrail",
            "cloudwatch",
            "dynamodb",
            "iam",
            "lambda",
            "logs",
            "organizations",
            "s3",
            "secretsmanager",
            "sns",
            "ssm",
        ],
        region: str | None = None,
    ) -> SdkClient:
        """Return the client of another service, in the session's region or another one."""
        key = f"{service} {region}" if region else service
        with self._lock:
            if key not in self._others:
                session: Any = self._session()
                self._others[key] = session.client(service, region_name=region)  # None: the session's own
            return self._others[key]

    def keys(self) -> Keys:
        """Return the credentials as they are now."""
        with self._lock:
            credentials: Any = self._session().get_credentials()
            credentials.get_frozen_credentials()
            expires = getattr(credentials, "_expiry_time", None)
            # Frozen once more: renewed in between, they live longer than is said, never shorter.
            frozen = credentials.get_frozen_credentials()
        ends = expires.astimezone(UTC) if isinstance(expires, datetime) else None
        return Keys(frozen.access_key, frozen.secret_key, frozen.token, ends)

    def endpoints(self) -> Mapping[str, str]:
        """Return the environment that sends another process to the same endpoints."""
        with self._lock:
            core = self._session()._session  # noqa: SLF001 - boto3 has no other way to a profile's settings
            if core.get_config_variable("ignore_configured_endpoint_urls"):
                return {}
            scoped: Mapping[str, Any] = core.get_scoped_config()
        ambient = {name: url for name, url in os.environ.items() if name.startswith("AWS_ENDPOINT_URL") and url}
        of_profile = {"AWS_ENDPOINT_URL": str(scoped["endpoint_url"])} if "endpoint_url" in scoped else {}
        return {**of_profile, **ambient}

    def _session(self) -> boto3.Session:
        if self._opened is None:
            self._opened = open_session(self._aws, self._limits, self._roles, self._code)
        return self._opened


def open_session(aws: Aws, limits: Limits, roles: AssumedRoles | None = None, code: str | None = None) -> boto3.Session:
    """Return a session whose credentials have been found; raises what the SDK raises.

    `roles` are those that were assumed with an MFA code before; `code` is used for the first one
    that is missing.
    """
    core, roles = _core(aws, limits), roles or AssumedRoles()
    make_non_interactive(core, aws.region, limits.process, roles, code)
    session = boto3.Session(botocore_session=core)
    if aws.role_arn:
        device = DeviceSession(core.profile or "default", aws.mfa, roles, code) if aws.mfa else None
        session = _on_top(session, aws, aws.role_arn, limits, device)
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    credentials.get_frozen_credentials()
    return session


def _core(aws: Aws, limits: Limits) -> botocore.session.Session:
    core = open_core(aws.profile)
    prepare_core(core, aws.region, limits)
    return core


def open_core(profile: str | None) -> botocore.session.Session:
    """Return a session of botocore as it makes them itself; what it does at each event is not looked up anew."""
    return botocore.session.Session(profile=profile, event_hooks=copy.copy(_hooks()), include_builtin_handlers=False)


@functools.cache
def _hooks() -> HierarchicalEmitter:
    """Return what botocore does at each event: to register that is most of what a session takes to open."""
    hooks = HierarchicalEmitter()
    botocore.session.Session(event_hooks=hooks)
    return hooks


def prepare_core(core: botocore.session.Session, region: str, limits: Limits) -> None:
    """Give a session that knows its profile what all have: the loader of this process, the region, our limits."""
    core.register_component("data_loader", _loader(core.get_config_variable("data_path")))
    core.set_config_variable("region", region)
    core.set_default_client_config(limits.config())


@functools.cache
def _loader(data_path: str | None) -> Loader:
    """Return one loader of botocore's service descriptions for all stages; each session would read its own."""
    return create_loader(data_path)


def _on_top(base: boto3.Session, aws: Aws, role: str, limits: Limits, device: DeviceSession | None) -> boto3.Session:
    """Return a session that assumes a role with another one's credentials, under the person's own name.

    With a device they first become those of its session, unless they are a session's already.
    """
    own = base.client("sts")

    def assume() -> dict[str, Any]:
        sts = own if device is None or _is_session(base) else _client_with(device.credentials(own), aws, limits)
        name = session_name(person(sts.get_caller_identity()["Arn"]))
        found = sts.assume_role(RoleArn=role, RoleSessionName=name, **_asked(aws))["Credentials"]
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": found["Expiration"].isoformat(),
        }

    core = _core(aws, limits)
    core._credentials = DeferredRefreshableCredentials(assume, "sts-assume-role")  # type: ignore[attr-defined]  # noqa: SLF001 - see the module's docstring
    return boto3.Session(botocore_session=core)


def _is_session(base: boto3.Session) -> bool:
    credentials = base.get_credentials()
    return credentials is not None and bool(credentials.get_frozen_credentials().token)


def _client_with(found: Mapping[str, str], aws: Aws, limits: Limits) -> STSClient:
    core = _core(aws, limits)
    core.set_credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    return boto3.Session(botocore_session=core).client("sts")


def _asked(aws: Aws) -> dict[str, Any]:
    """Return what a role is asked for besides its name, see AssumeRole in the AWS STS API Reference."""
    external = {"ExternalId": aws.external_id} if aws.external_id else {}
    return external | ({"DurationSeconds": aws.session_seconds} if aws.session_seconds else {})


def person(arn: str) -> str:
    """Return the name that people know: an assumed role's session name, a user's name, or `root`.

    Where a program made the session name up, the role's name stands for it.
    """
    *_, owner, name = ("", *arn.rpartition(":")[2].split("/"))
    return owner if owner and _MADE_UP.fullmatch(name) else name


def session_name(who: str) -> str:
    """Return a role session name that AWS takes: 2 to 64 of its characters."""
    return _NOT_IN_A_SESSION_NAME.sub("-", who)[:64].ljust(2, "-")
