"""What a code host says about the builds of a commit, and where it is asked."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.value import Value

Provider: TypeAlias = Literal["github", "gitlab", "bitbucket"]
CiState: TypeAlias = Literal["success", "pending", "failed", "skipped", "unknown"]


class CiSettings(Value):
    """Which API is asked; what is empty follows from the address of the repository's remote."""

    provider: Provider | None = None
    api: str = ""


class CiStatus(Value):
    """A build of a commit by its name; `word` is what the host itself calls its state."""

    name: str
    state: CiState
    word: str


class CiReading(Value):
    """The builds of a commit; `problem` is why they could not be read, with what helps in `remedy`."""

    statuses: tuple[CiStatus, ...] = ()
    problem: str = ""
    remedy: str = ""
