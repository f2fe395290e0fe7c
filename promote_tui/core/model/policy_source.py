"""Where the rules of stages with gates come from: a commit on a remote, or the local file."""

from __future__ import annotations

from typing import Literal

from promote_tui.core.text import short
from promote_tui.core.value import Moment, Value


class PolicyOrigin(Value):
    """`where` is `origin/main@1a2b3c4` for a remote policy; `why` is the reason for a local one.

    `ref` and `sha` are the commit that it was read from, as last fetched at `fetched_at` (None: not known), for a local
    one what was looked at. `differs` are settings that the file here has otherwise, in words. `unread`: there may be
    a committed one, which cannot be read.
    """

    kind: Literal["remote", "local"]
    why: str = ""
    ref: str = ""
    sha: str = ""
    fetched_at: Moment | None = None
    differs: tuple[str, ...] = ()
    unread: bool = False

    @property
    def where(self) -> str:
        """Where the rules are from, as a run's record has it."""
        return f"{self.ref}@{short(self.sha)}" if self.ref else ""

    def __str__(self) -> str:
        """Return `remote (origin/main@1a2b3c4)` or `local: why`."""
        return f"remote ({self.where})" if self.kind == "remote" else f"local: {self.why}"
