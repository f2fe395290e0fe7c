"""Ids of plans and runs."""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is read as a digit."""


def new_id() -> str:
    """Return a short id that is easy to type and not taken for a commit hash."""
    return secrets.choice("ghjkmnpqrstvwxyz") + "".join(secrets.choice(_ALPHABET) for _ in range(5))
