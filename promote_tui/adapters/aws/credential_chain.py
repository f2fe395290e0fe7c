"""The SDK's credential chain, which here never asks a person and never waits forever.

Three private parts of botocore are replaced, each guarded by a test: the MFA prompt of its assume-role provider, the
way in which its process provider starts programs, and how long before their end credentials are renewed that only a
person can renew.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.credentials import CredentialProvider, ProcessProvider, ProfileProviderBuilder
from botocore.exceptions import CredentialRetrievalError

from promote_tui.adapters.aws.errors import MfaNeededError
from promote_tui.adapters.aws.login import profile_that_asks
from promote_tui.adapters.aws.mfa_roles import AssumedRoles, RoleCache

if TYPE_CHECKING:
    from collections.abc import Callable

    import botocore.session

SdkCredentials: TypeAlias = Any
"""Credentials of any of botocore's kinds."""


def make_non_interactive(
    core: botocore.session.Session, region: str, seconds: float, roles: AssumedRoles, code: str | None
) -> None:
    """Make the credential chain ask nobody at the terminal, and limit how long it waits.

    `seconds` is how long a profile's credential_process may take; `code` answers the first question for one.
    """
    resolver = core.get_component("credential_provider")
    provider = resolver.get_provider("assume-role")
    provider._prompter = _prompter(code)  # noqa: SLF001 - see the module's docstring
    provider._profile_provider_builder = _Builder(core, seconds, region)  # noqa: SLF001 - the same
    _bound(resolver.providers, seconds)
    profile = profile_that_asks(core)
    if profile is not None:
        provider.cache = RoleCache(roles, profile)
        credentials = core.get_credentials()
        if credentials is not None:
            _use_up(credentials)


def _prompter(code: str | None) -> Callable[[str], str]:
    """Return a prompter that answers once with the code, and then raises MfaNeededError."""
    left = [] if code is None else [code]

    def answer(_prompt: str) -> str:
        if not left:
            raise MfaNeededError
        return left.pop()

    return answer


def _use_up(credentials: SdkCredentials) -> None:
    """Let credentials be used until they expire: only a person could renew them, and none is there during a deploy."""
    credentials._advisory_refresh_timeout = 0  # noqa: SLF001 - see the module's docstring
    credentials._mandatory_refresh_timeout = 0  # noqa: SLF001 - the same


class _Builder(ProfileProviderBuilder):
    """Builds the providers of a `source_profile`, with the same limits as those of the profile itself."""

    def __init__(self, core: botocore.session.Session, seconds: float, region: str) -> None:
        super().__init__(core, cache={}, region_name=region)
        self._seconds = seconds

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[CredentialProvider]:  # noqa: FBT001, FBT002 - botocore's signature
        """Return the providers, none of which waits forever."""
        found = super().providers(profile_name, disable_env_vars)
        _bound(found, self._seconds)
        return found


def _bound(providers: list[CredentialProvider], seconds: float) -> None:
    for provider in providers:
        if isinstance(provider, ProcessProvider):
            provider._popen = functools.partial(_BoundedProcess, seconds=seconds)  # type: ignore[attr-defined]  # noqa: SLF001 - see the module's docstring


class _BoundedProcess:
    """A profile's credential_process: without input, without a terminal, killed when its time is over."""

    def __init__(self, argv: list[str], *, stdout: int, stderr: int, seconds: float) -> None:
        self._seconds = seconds
        self._process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
        )

    @property
    def returncode(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.returncode

    def communicate(self) -> tuple[bytes, bytes]:
        """Return what it printed; raises CredentialRetrievalError if it takes too long."""
        with self._process:
            try:
                return self._process.communicate(timeout=self._seconds)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                cause = f"its credential_process did not answer within {self._seconds:g} s"
                raise CredentialRetrievalError(provider=ProcessProvider.METHOD, error_msg=cause) from None
