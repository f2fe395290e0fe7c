"""GitLab: the statuses of a commit, which its jobs write, too."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from promote_tui.adapters.ci.api import PAGE
from promote_tui.core.model.ci import CiStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.adapters.ci.api import Api
    from promote_tui.core.model.ci import CiReport, CiReportState, CiState

TOKENS = ("GITLAB_TOKEN",)
_STATES: dict[str, CiState] = {
    "success": "success",
    "failed": "failed",
    "canceled": "failed",
    "canceling": "failed",
    "skipped": "skipped",
    "manual": "pending",
    "created": "pending",
    "waiting_for_resource": "pending",
    "preparing": "pending",
    "pending": "pending",
    "running": "pending",
    "scheduled": "pending",
}


class _Status(msgspec.Struct):
    name: str
    status: str


_WRITTEN: dict[CiReportState, str] = {"running": "running", "success": "success", "failed": "failed"}


class _Made(msgspec.Struct):
    id: int


def headers(token: str) -> dict[str, str]:
    """Return what proves who asks."""
    return {"Accept": "application/json", "PRIVATE-TOKEN": token}


def statuses(api: Api, path: str, commit: str) -> Iterator[CiStatus]:
    """Yield the newest status of each name in each pipeline; raises DeployError."""
    at = f"/projects/{quote(path, safe='')}/repository/commits/{commit}/statuses"
    for found in api.pages(f"{at}?per_page={PAGE}", list[_Status]):
        yield from (CiStatus(each.name, _STATES.get(each.status, "unknown"), each.status) for each in found)
        if len(found) < PAGE:
            break


def write_status(api: Api, path: str, report: CiReport) -> None:
    """Write the status of the report's commit, under the service and the stage; raises DeployError."""
    body = {"state": _WRITTEN[report.state], "name": f"promote-tui/{report.service}/{report.stage}"}
    at = f"/projects/{quote(path, safe='')}/statuses/{report.commit}"
    api.post(at, body | {"description": report.words}, _Made)
