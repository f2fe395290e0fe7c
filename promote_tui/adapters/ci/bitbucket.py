"""Bitbucket Cloud: the build statuses of a commit, by their name and by their key."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from promote_tui.adapters.ci.api import PAGE
from promote_tui.core.model.ci import CiStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.adapters.ci.api import Api
    from promote_tui.core.model.ci import CiReport, CiReportState, CiState

TOKENS = ("BITBUCKET_TOKEN",)
_STATES: dict[str, CiState] = {
    "SUCCESSFUL": "success",
    "INPROGRESS": "pending",
    "FAILED": "failed",
    "STOPPED": "failed",
}


class _Status(msgspec.Struct):
    key: str
    state: str
    name: str | None = None


class _Statuses(msgspec.Struct):
    values: list[_Status]
    next: str | None = None


_WRITTEN: dict[CiReportState, str] = {"running": "INPROGRESS", "success": "SUCCESSFUL", "failed": "FAILED"}
_KEY = 40
"""Characters that a key may have."""


class _Made(msgspec.Struct):
    key: str


def headers(token: str) -> dict[str, str]:
    """Return what proves who asks."""
    return {"Accept": "application/json", "Authorization": f"Bearer {token}"}


def statuses(api: Api, path: str, commit: str) -> Iterator[CiStatus]:
    """Yield each status under its name, and under its key where that is another; raises DeployError."""
    for found in api.pages(f"/repositories/{path}/commit/{commit}/statuses?pagelen={PAGE}", _Statuses):
        for each in found.values:
            names = dict.fromkeys((each.name or each.key, each.key))
            yield from (CiStatus(name, _STATES.get(each.state, "unknown"), each.state) for name in names)
        if not found.next:
            break


def write_status(api: Api, path: str, report: CiReport) -> None:
    """Write the status of the report's commit, under the service and the stage; raises DeployError."""
    name = f"promote-tui/{report.service}/{report.stage}"
    key = name if len(name) <= _KEY else hashlib.sha256(name.encode()).hexdigest()[:_KEY]
    body = {"key": key, "name": name, "state": _WRITTEN[report.state], "description": report.words}
    url = f"https://bitbucket.org/{path}/commits/{report.commit}"  # a status has to lead somewhere
    api.post(f"/repositories/{path}/commit/{report.commit}/statuses/build", {**body, "url": url}, _Made)
