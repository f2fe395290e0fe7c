"""Channels that hear of runs, and URLs that answer a smoke test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from promote_tui.core.model.channels import Channel
    from promote_tui.core.model.ci import CiReading, CiReport, CiSettings
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.model.smoke import HttpAnswer


class Notifier(Protocol):
    """Channels that people hear of runs by. Raises DeployError or AwsError, which name no address."""

    def send(self, channel: Channel, text: str, target: Target, payload: bytes) -> None:
        """Send a line within a few seconds, or to a webhook the payload: JSON that says the same, and more.

        An SNS topic is reached with the target's credentials.
        """


class CiReader(Protocol):
    """The builds of commits, as the host of their repository tells them, and what it is told of runs."""

    def read(self, remote: str | None, settings: CiSettings, commit: str) -> CiReading:
        """Return the builds of a commit, known for a few seconds; trouble is a value, and nothing raises."""

    def write(self, remote: str | None, settings: CiSettings, report: CiReport) -> None:
        """Tell the host how a run stands, as the settings say; raises DeployError, which names no token."""


class WebReader(Protocol):
    """HTTP, one GET at a time."""

    def get(self, url: str, seconds: float) -> HttpAnswer:
        """Return what the URL itself answers (no redirect is followed) within so many seconds.

        Raises DeployError where it does not answer.
        """
