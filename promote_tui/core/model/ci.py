"""What a code host says about the builds of a commit, and where it is asked."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.value import Value

Provider: TypeAlias = Literal["github", "gitlab", "bitbucket"]
CiState: TypeAlias = Literal["success", "pending", "failed", "skipped", "unknown"]


CiRecord: TypeAlias = Literal["statuses", "deployments"]
"""What a host is told of runs: a status of the commit, or, at GitHub, a deployment to an environment."""
CiReportState: TypeAlias = Literal["running", "success", "failed"]


class CiSettings(Value):
    """Which API is asked; what is empty follows from the address of the repository's remote.

    `writes` are what the host is told of runs.
    """

    provider: Provider | None = None
    api: str = ""
    writes: tuple[CiRecord, ...] = ()


class CiReport(Value):
    """How a run of a service in a stage stands, as the commit's host is told it; `words` are one line."""

    commit: str
    service: str
    stage: str
    state: CiReportState
    words: str


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
