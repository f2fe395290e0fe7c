"""What a release may be called, and what it is called where nobody has said so."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

NAME_RULE = "a release's name is up to 64 letters, digits, dots, dashes and underscores"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def is_name(text: str) -> bool:
    """Tell whether a release may be called so."""
    return _NAME.fullmatch(text) is not None


def free_name(day: date, taken: Collection[str]) -> str:
    """Return the day as a release's name, `2026-11-30`; where it is taken `2026-11-30-2`, and so on."""
    first = f"{day:%Y-%m-%d}"
    names = (first if number == 1 else f"{first}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)
