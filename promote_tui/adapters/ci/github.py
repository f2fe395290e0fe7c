"""GitHub: the commit statuses of a commit, and its check runs."""

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

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_STATUSES: dict[str, CiState] = {"success": "success", "pending": "pending", "failure": "failed", "error": "failed"}
_RUNNING = frozenset({"queued", "in_progress", "waiting", "requested", "pending"})
_CONCLUSIONS: dict[str, CiState] = {
    "success": "success",
    "failure": "failed",
    "cancelled": "failed",
    "timed_out": "failed",
    "action_required": "failed",
    "startup_failure": "failed",
    "stale": "failed",
    "neutral": "skipped",
    "skipped": "skipped",
}


class _Status(msgspec.Struct):
    context: str
    state: str


class _Combined(msgspec.Struct):
    statuses: list[_Status]


class _CheckRun(msgspec.Struct):
    name: str
    status: str
    conclusion: str | None = None


class _CheckRuns(msgspec.Struct):
    check_runs: list[_CheckRun]


_WRITTEN: dict[CiReportState, str] = {"running": "pending", "success": "success", "failed": "failure"}
_DEPLOYED: dict[CiReportState, str] = {"running": "in_progress", "success": "success", "failed": "failure"}


class _Made(msgspec.Struct):
    id: int


def headers(token: str) -> dict[str, str]:
    """Return what proves who asks, and which version of the API is meant."""
    return {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def statuses(api: Api, path: str, commit: str) -> Iterator[CiStatus]:
    """Yield the newest status of each context, and the newest check runs; raises DeployError."""
    at = f"/repos/{path}/commits/{commit}"
    for combined in api.pages(f"{at}/status?per_page={PAGE}", _Combined):
        yield from (_status(each) for each in combined.statuses)
        if len(combined.statuses) < PAGE:
            break
    for runs in api.pages(f"{at}/check-runs?filter=latest&per_page={PAGE}", _CheckRuns):
        yield from (_check_run(each) for each in runs.check_runs)
        if len(runs.check_runs) < PAGE:
            break


def _status(found: _Status) -> CiStatus:
    return CiStatus(found.context, _STATUSES.get(found.state, "unknown"), found.state)


def _check_run(run: _CheckRun) -> CiStatus:
    if run.status in _RUNNING:
        return CiStatus(run.name, "pending", run.status)
    word = run.conclusion or run.status
    return CiStatus(run.name, _CONCLUSIONS.get(word, "unknown"), word)


def write_status(api: Api, path: str, report: CiReport) -> None:
    """Write the status of the report's commit, under the service and the stage; raises DeployError."""
    body = {"state": _WRITTEN[report.state], "context": f"promote-tui/{report.service}/{report.stage}"}
    api.post(f"/repos/{path}/statuses/{report.commit}", body | {"description": report.words}, _Made)


def write_deployment(api: Api, path: str, report: CiReport) -> None:
    """Write the state of the deployment of the report's commit to the stage; make one at its start."""
    environment = f"{report.stage}/{report.service}"
    wanted = f"?sha={report.commit}&environment={quote(environment, safe='')}&per_page=1"
    known = [] if report.state == "running" else api.get(f"/repos/{path}/deployments{wanted}", list[_Made])
    made = known[0] if known else _make_deployment(api, path, report, environment)
    body = {"state": _DEPLOYED[report.state], "description": report.words, "environment": environment}
    api.post(f"/repos/{path}/deployments/{made.id}/statuses", body, _Made)


def _make_deployment(api: Api, path: str, report: CiReport, environment: str) -> _Made:
    """Make a deployment that GitHub neither merges for nor holds up by its own checks: ours are the gates."""
    body = {"ref": report.commit, "environment": environment, "description": f"promote-tui: {report.service}"}
    return api.post(f"/repos/{path}/deployments", {**body, "auto_merge": False, "required_contexts": []}, _Made)
