"""The session that a code of a configured MFA device gives: one code is good for every role that wants that device."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from promote_tui.adapters.aws.errors import DeviceNeededError
from promote_tui.adapters.aws.mfa_roles import end_of, plain_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sts import STSClient

    from promote_tui.adapters.aws.mfa_roles import AssumedRoles


class DeviceSession:
    """The session of a person's device and profile; `code` is used once, for the first that is missing."""

    def __init__(self, profile: str, device: str, roles: AssumedRoles, code: str | None) -> None:
        self._profile = profile
        self._device = device
        self._roles = roles
        self._code = code

    def credentials(self, sts: STSClient) -> Mapping[str, str]:
        """Return what is kept, or what a code gives now; raises DeviceNeededError without one.

        Several stages ask at the same time, and each code can be used once: the others wait for the first.
        """
        with self._roles.asking:
            found = self._roles.find(self._profile, self._device)
            return found if found and end_of(found) > datetime.now(UTC) else self._new(sts)

    def _new(self, sts: STSClient) -> Mapping[str, str]:
        code, self._code = self._code or self._roles.take_code(), None
        if not code:
            raise DeviceNeededError(device=self._device)
        answer = sts.get_session_token(SerialNumber=self._device, TokenCode=code)["Credentials"]
        found = plain_credentials(answer)
        self._roles.keep(self._profile, self._device, found)
        return found
