"""Reads the builds of commits at the host of their repository, and writes runs there, by tokens of the environment."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from promote_tui.adapters.ci import bitbucket, github, gitlab
from promote_tui.adapters.ci.api import Api
from promote_tui.core.errors import DeployError
from promote_tui.core.git.forges import find_repository
from promote_tui.core.model.ci import CiReading, CiSettings

if TYPE_CHECKING:
    from promote_tui.core.git.forges import ForgeRepository
    from promote_tui.core.model.ci import CiReport

_HOSTS = {"github": github, "gitlab": gitlab, "bitbucket": bitbucket}
_KNOWN_FOR = 20.0
"""Seconds for which an answer is not asked for again: drafts are made often."""


class CiStatuses:
    """The CiReader port."""

    def __init__(self, *, seconds: float = 10.0) -> None:
        self._seconds = seconds
        self._known: dict[tuple[ForgeRepository, str], tuple[float, CiReading]] = {}

    def read(self, remote: str | None, settings: CiSettings, commit: str) -> CiReading:
        """Return the builds of a commit, known for a few seconds; trouble is a value, and nothing raises."""
        repository = find_repository(remote, settings)
        if repository is None:
            problem = "the host of the repository's remote is unknown"
            return CiReading(problem=problem, remedy="name its `provider` and `api` under `ci`")
        at, known = self._known.get((repository, commit), (0.0, None))
        if known is not None and time.monotonic() - at < _KNOWN_FOR:
            return known
        found = self._ask(repository, commit)
        if not found.problem:
            self._known[repository, commit] = time.monotonic(), found
        return found

    def _ask(self, repository: ForgeRepository, commit: str) -> CiReading:
        try:
            api = self._api(repository)
            return CiReading(tuple(_HOSTS[repository.provider].statuses(api, repository.path, commit)))
        except DeployError as error:
            return CiReading(problem=error.cause, remedy=error.remedy)

    def write(self, remote: str | None, settings: CiSettings, report: CiReport) -> None:
        """Tell the host how a run stands; raises DeployError, which names no token."""
        repository = find_repository(remote, settings)
        if repository is None:
            cause = "the host of the repository's remote is unknown"
            raise DeployError("ci", cause, "name its `provider` and `api` under `ci`")
        api = self._api(repository)
        if "statuses" in settings.writes:
            _HOSTS[repository.provider].write_status(api, repository.path, report)
        if "deployments" in settings.writes and repository.provider == "github":
            github.write_deployment(api, repository.path, report)

    def _api(self, repository: ForgeRepository) -> Api:
        host = _HOSTS[repository.provider]
        token = next((found for name in host.TOKENS if (found := os.environ.get(name))), "")
        if not token:
            name = host.TOKENS[0]
            raise DeployError("ci", f"{name} is not set in the environment", f"export {name}, then plan again")
        return Api(repository.api, host.headers(token), self._seconds)
