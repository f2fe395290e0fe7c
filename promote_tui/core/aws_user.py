"""Which `{user}` somebody is by AWS, where nothing on this machine says it."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from promote_tui.core.identity import person
from promote_tui.core.model.users import is_user

_KEPT = 25
_DIGITS = 6


def user_of(arn: str, trusted_sessions: tuple[str, ...] = ()) -> str:
    """Return the user that an ARN names; empty where it is nobody's own, as a role that several may assume.

    What the name of a stage cannot hold becomes a dash. Other names may come to the same, so a digest tells them apart.
    """
    who = person(arn, trusted_sessions).lower()
    if who == "root" or who.startswith("role "):
        return ""
    return who if is_user(who) else _cleaned(who)


def _cleaned(who: str) -> str:
    plain = unicodedata.normalize("NFKD", who).encode("ascii", "ignore").decode()
    word = re.sub("[^a-z0-9]+", "-", plain)[:_KEPT].strip("-")
    digest = hashlib.sha256(who.encode()).hexdigest()[:_DIGITS]
    return f"{word}-{digest}" if word else digest
