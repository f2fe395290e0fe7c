"""AWS accounts: who we are in a stage's account, and the credentials that its child processes get.

One session for each (profile, region, role) is kept, and dropped as soon as new credentials would
help: the next call then reads the AWS config files again. What is lent to a child comes from a
session of its own, so that it lives as long as credentials can, and STS is asked with the very
file that the child reads.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from promote_tui.adapters.aws.errors import CODE_VARIABLE, SDK_FAILURES, translate
from promote_tui.adapters.aws.login import login_commands, login_of, profiles_that_ask_for
from promote_tui.adapters.aws.mfa_roles import AssumedRoles
from promote_tui.adapters.aws.session import AwsSession, Keys, Limits, open_core, person, prepare_core
from promote_tui.core.errors import AwsError, CredentialsError
from promote_tui.ports import ChildCredentials, Identity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from mypy_boto3_sts import STSClient

    from promote_tui.core.login import Login
    from promote_tui.core.model.pipeline import Aws, Target
    from promote_tui.ports import Clock

PROFILE = "promote-tui"
"""The profile's name in the private config file."""
_REMEMBERED_SECONDS = 180.0
_PLAIN = re.compile(r"[\x21-\x7e]+")


class AwsAccounts:
    """The Accounts port on AWS, or on whatever the configured endpoint is."""

    def __init__(self, clock: Clock, limits: Limits | None = None) -> None:
        self.clock = clock
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._roles = AssumedRoles(os.environ.get(CODE_VARIABLE))
        self._sessions: dict[Aws, AwsSession] = {}
        self._identities: dict[AwsSession, tuple[Identity, float]] = {}

    def identity(self, target: Target) -> Identity:
        """Return the caller's identity in the target's account, as STS confirmed it a few minutes ago at most."""
        with self.session(target) as session:
            with self._lock:
                known = self._identities.get(session)
            if known and self.clock.monotonic() - known[1] < _REMEMBERED_SECONDS:
                return known[0]
            found = _identity(session.sts())
            with self._lock:
                self._identities[session] = (found, self.clock.monotonic())
            return found

    @contextlib.contextmanager
    def session(self, target: Target) -> Iterator[AwsSession]:
        """Lend the target's session for a few SDK calls; what they raise leaves as AwsError or CredentialsError."""
        with self._lock:
            session = self._sessions.setdefault(target.aws, AwsSession(target.aws, self.limits, self._roles))
        try:
            with _translated(target):
                yield session
        except CredentialsError:
            self._forget(target, session)
            raise

    def _forget(self, target: Target, session: AwsSession) -> None:
        with self._lock:
            if self._sessions.get(target.aws) is session:
                del self._sessions[target.aws]
            self._identities.pop(session, None)

    def login(self, target: Target) -> Login | None:
        """Return the log-in that a promotion needs first; None if it would get credentials now.

        It is asked with a session of its own, as `lend` does: a session that is open may outlive
        what a new one could still be opened with.
        """
        try:
            with _translated(target):
                AwsSession(target.aws, self.limits, self._roles).sts().get_caller_identity()
        except CredentialsError as error:
            return login_of(target.aws, error)
        return None

    def give_code(self, target: Target, code: str) -> None:
        """Log in to the target with an MFA code; keep what that gives in memory until it expires."""
        with _translated(target):
            AwsSession(target.aws, self.limits, self._roles, code).keys()
        with self._lock:  # sessions that build on the role are opened again with it
            self._sessions.clear()
            self._identities.clear()

    def hand_over(self, targets: Collection[Target]) -> bytes:
        """Return the roles that were assumed with a code for these targets' profiles; empty if there are none."""
        found = [profiles_that_ask_for(aws) for aws in {target.aws for target in targets}]
        return self._roles.hand_over(frozenset().union(*found), self.clock.now())

    def take_over(self, handed: bytes) -> None:
        """Keep the roles that another process handed over."""
        self._roles.take_over(handed)

    @contextlib.contextmanager
    def lend(self, target: Target, folder: Path) -> Iterator[ChildCredentials]:
        """Write the target's credentials into a private file in `folder` and remove it at the end.

        The file stays behind only where this process is killed.
        """
        session = AwsSession(target.aws, self.limits, self._roles)
        with _translated(target):
            keys, endpoints = session.keys(), session.endpoints()
        _check(target, keys)
        with _private_file(target, folder, _config(keys, target.aws.region)) as path:
            with _translated(target):
                identity = _identity(_client_of(path, target.aws.region, endpoints, self.limits))
            yield ChildCredentials(
                profile=PROFILE,
                environment=_environment(path, target.aws.region, endpoints),
                identity=identity,
                expires_at=keys.expires_at,
                secrets=tuple(value for value in (keys.secret, keys.token) if value),
            )


@contextlib.contextmanager
def _translated(target: Target) -> Iterator[None]:
    """Translate what the SDK raises in this block into errors of ours; raises where it is not known whom to ask."""
    if target.aws.unresolved is not None:
        raise AwsError(str(target), target.aws.unresolved.cause, target.aws.unresolved.remedy)
    try:
        yield
    except SDK_FAILURES as error:
        raise translate(error, str(target), login_commands(target.aws)) from error


def _identity(sts: STSClient) -> Identity:
    answer = sts.get_caller_identity()
    return Identity(answer["Account"], answer["Arn"], person(answer["Arn"]), answer["UserId"])


def _client_of(path: Path, region: str, endpoints: Mapping[str, str], limits: Limits) -> STSClient:
    """Return a client that uses this file and its profile and ignores ambient credentials."""
    core = open_core(PROFILE)
    core.set_config_variable("config_file", str(path))
    core.set_config_variable("credentials_file", os.devnull)
    prepare_core(core, region, limits)
    url = endpoints.get("AWS_ENDPOINT_URL_STS") or endpoints.get("AWS_ENDPOINT_URL")
    return boto3.Session(botocore_session=core).client("sts", endpoint_url=url)


def _environment(path: Path, region: str, endpoints: Mapping[str, str]) -> dict[str, str]:
    return {
        "AWS_CONFIG_FILE": str(path),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_SDK_LOAD_CONFIG": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        **endpoints,
    }


def _check(target: Target, keys: Keys) -> None:
    """Refuse credentials that could add lines to the config file."""
    if not all(_PLAIN.fullmatch(value) for value in (keys.access, keys.secret, keys.token or "-")):
        login = login_commands(target.aws)
        cause = f"{login.profile} gave credentials with characters that AWS does not use"
        raise CredentialsError(str(target), cause, login.command)


def _config(keys: Keys, region: str) -> str:
    lines = [
        f"[profile {PROFILE}]",
        f"region = {region}",
        f"aws_access_key_id = {keys.access}",
        f"aws_secret_access_key = {keys.secret}",
    ]
    if keys.token:
        lines.append(f"aws_session_token = {keys.token}")
    return "\n".join([*lines, ""])


@contextlib.contextmanager
def _private_file(target: Target, folder: Path, text: str) -> Iterator[Path]:
    try:
        path = _write(folder, text)
    except OSError as error:
        cause = f"the credentials cannot be written to {folder}: {error.strerror or error}"
        raise AwsError(str(target), cause, "make the folder writable and free some space") from error
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _write(folder: Path, text: str) -> Path:
    """Write a file that only the user can read, in a folder that only the user can enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(opened).st_uid != os.getuid():
            raise PermissionError(1, "it belongs to somebody else")
        os.fchmod(opened, stat.S_IRWXU)
    finally:
        os.close(opened)
    handle, name = tempfile.mkstemp(prefix="config-", dir=folder)  # a new file with mode 0600; no link is followed
    try:
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(text)
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)
