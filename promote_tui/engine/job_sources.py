"""Finds the repositories whose CI jobs deploy to a stage, for the trust policy of CI's role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.core.git.forges import find_repository
from promote_tui.core.iam.trust import JobSource

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.engine.context import Context


def find_job_sources(context: Context, stage: Stage, account: str) -> tuple[JobSource, ...]:
    """Return the repositories of the services that a stage has in an account; raises UsageError, GitError."""
    services = [each for each in context.pipeline.services if each.target(stage.name).aws.account == account]
    return tuple(dict.fromkeys(_source(context, service, stage) for service in services))


def _source(context: Context, service: Service, stage: Stage) -> JobSource:
    found = find_repository(context.graph.remote_url(service), context.pipeline.ci)
    if found is None:
        remedy = "set `ci.provider` in the configuration, or add the repository's remote"
        raise UsageError(f"service {service.name}", "the host of its repository is unknown", remedy)
    return JobSource(found, stage.branches_on_merge(service.name))
