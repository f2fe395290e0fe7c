"""The roles that a person gave an MFA code for: the AWS CLI's are read from its cache, ours are kept in memory.

They are kept by the profile that asks for the code, so that every profile that builds on it is served.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.utils import JSONFileCache

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from promote_tui.core.value import Json

_PARTS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")


class AssumedRoles:
    """The assumed roles of one process, shared by its sessions and threads; `code` is one that was given beforehand."""

    def __init__(self, code: str | None = None) -> None:
        self.asking = threading.RLock()
        """Held while a code is used: each is good once."""
        self._code = code
        self._lock = threading.Lock()
        self._kept: dict[str, dict[str, Mapping[str, str]]] = {}

    def find(self, profile: str, key: str) -> Mapping[str, str] | None:
        """Return a role that was assumed with a code of this profile's device; `key` is the SDK's name for it."""
        with self._lock:
            return self._kept.get(profile, {}).get(key)

    def keep(self, profile: str, key: str, credentials: Mapping[str, str]) -> None:
        """Store a role until the process ends."""
        with self._lock:
            self._kept.setdefault(profile, {})[key] = credentials

    def take_code(self) -> str | None:
        """Return the code that was given beforehand, once."""
        code, self._code = self._code, None
        return code

    def hand_over(self, profiles: Collection[str], now: datetime) -> bytes:
        """Serialise the roles of these profiles that have not expired, for another process; empty if there are none."""
        with self._lock:
            handed = {
                profile: {key: role for key, role in kept.items() if end_of(role) > now}
                for profile, kept in self._kept.items()
                if profile in profiles
            }
        return json.dumps(handed).encode() if any(handed.values()) else b""

    def take_over(self, handed: bytes) -> None:
        """Store the roles that another process handed over; entries of another form are ignored."""
        try:
            found = json.loads(handed or b"{}")
            for profile, roles in found.items():
                for key, role in roles.items():
                    self.keep(profile, key, {part: str(role[part]) for part in _PARTS})
        except (ValueError, AttributeError, KeyError, TypeError):
            return


class RoleCache:
    """The SDK's cache of assumed roles for one profile; the AWS CLI's files are read, never written."""

    def __init__(self, roles: AssumedRoles, profile: str) -> None:
        self._roles = roles
        self._profile = profile
        self._files = JSONFileCache(str(Path.home() / ".aws" / "cli" / "cache"))

    def __contains__(self, key: str) -> bool:
        return self._find(key) is not None

    def __getitem__(self, key: str) -> Json:
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return {"Credentials": dict(found)}

    def __setitem__(self, key: str, value: Json) -> None:
        self._roles.keep(self._profile, key, plain_credentials(value["Credentials"]))

    def _find(self, key: str) -> Mapping[str, str] | None:
        """Return whichever role lives longer: a person may have given a code here, or to the AWS CLI."""
        both = [role for role in (self._roles.find(self._profile, key), self._file(key)) if role is not None]
        return max(both, key=end_of, default=None)

    def _file(self, key: str) -> Mapping[str, str] | None:
        try:
            return plain_credentials(self._files[key]["Credentials"])
        except (KeyError, TypeError, OSError, ValueError):
            return None  # there is none, or another program wrote it


def plain_credentials(credentials: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the required fields as text; raises KeyError if one is missing."""
    found = {part: credentials[part] for part in _PARTS}
    ends = found["Expiration"]
    return {**found, "Expiration": ends.isoformat() if isinstance(ends, datetime) else str(ends)}


def end_of(role: Mapping[str, str]) -> datetime:
    """Return when it ends; long ago where that cannot be read."""
    try:
        ends = datetime.fromisoformat(role["Expiration"])
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return ends if ends.tzinfo else ends.replace(tzinfo=UTC)
