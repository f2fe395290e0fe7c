"""`{user}` in stages: which names it may stand for, and why it may stand for nobody."""

from __future__ import annotations

import re

from promote_tui.core.value import Value

PLACEHOLDER = "{user}"
VARIABLE = "PROMOTE_TUI_USER"
USER = "[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?"
"""What the name of a stage, of a stack and of a bucket may hold."""


class Unresolved(Value):
    """Why it is not known where a stage with `{user}` is, and what would help."""

    cause: str = f"{PLACEHOLDER} stands for nobody here"
    remedy: str = f"set `user` in promote-tui.local.yml, or {VARIABLE}"


def is_user(text: str) -> bool:
    """Tell whether `{user}` may stand for this."""
    return re.fullmatch(USER, text) is not None
