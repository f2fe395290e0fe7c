"""Which configuration a piece of work goes by: the one that people see, or the committed one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, Refused, UsageError
from promote_tui.core.gates.effective_config import governed_stage_of_stack, governed_stages
from promote_tui.core.model.pipeline import Pipeline
from promote_tui.core.previews.stage import with_preview
from promote_tui.engine.context import Context

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.core.runs.run import Run


@dataclass(frozen=True, slots=True)
class Governance:
    """The configuration that people see, and the committed one that rules promotions into its stages with gates."""

    context: Context
    committed: Pipeline | None = None

    @property
    def pipeline(self) -> Pipeline:
        """The configuration that people see."""
        return self.context.pipeline

    def ruling(self, service: str, stage: str) -> Context:
        """Return the context that a promotion goes by: the committed one where that gives the stage gates.

        Raises UsageError where that one does not know the service, or nobody knows where the stage is, Refused where
        another stage's stack is meant.
        """
        target = self.service(service).target(self.stage(stage).name)
        if target.aws.unresolved is not None:
            raise UsageError(str(target), target.aws.unresolved.cause, target.aws.unresolved.remedy)
        committed = self.committed
        if committed is None:
            return self.context
        where = committed.policy.ref if committed.policy else ""
        if stage in governed_stages(committed):
            if all(each.name != service for each in committed.services):
                cause = f"{stage} has gates, and {service} is not in the configuration on {where} yet"
                raise UsageError(f"{service}/{stage}", cause, "push it there, then git fetch")
            return self.context.under(committed)
        other = governed_stage_of_stack(target, committed)
        if other is not None:
            cause = f"its stack is what {other} deploys into on {where}, which has gates"
            raise Refused(str(target), cause, f"promote to {other}, or push the configuration and git fetch")
        return self.context

    def governing(self, service: str, stage: str) -> tuple[Context, Service, Stage]:
        """Return the context that a promotion goes by, with its service and stage; raises as `ruling` does."""
        self.service(service), self.stage(stage)
        ruling = self.ruling(service, stage)
        return ruling, ruling.pipeline.service(service), ruling.pipeline.stage(stage)

    def with_preview(self, branch: str) -> Governance:
        """Return the same with the preview of a branch as a stage; raises UsageError where there can be none."""
        return replace(self, context=self.context.under(with_preview(self.pipeline, branch)))

    @property
    def configured(self) -> tuple[Pipeline, ...]:
        """Every configuration that says which stages there are, besides previews."""
        return (self.pipeline, self.committed) if self.committed else (self.pipeline,)

    def of_run(self, run: Run) -> Context:
        """Return the context that a run went by, as far as its service and stage are known here."""
        try:
            if run.planned.preview:
                return self.with_preview(run.planned.preview).ruling(run.service, run.stage)
            return self.ruling(run.service, run.stage)
        except (PromoteError, KeyError):
            return self.context

    def service(self, name: str) -> Service:
        """Return a service of the configuration that people see; raises UsageError."""
        return find_service(self.pipeline, name)

    def stage(self, name: str) -> Stage:
        """Return a stage of the configuration that people see; raises UsageError."""
        return find_stage(self.pipeline, name)

    def require_writable(self, subject: str) -> None:
        """Raise Refused under --read-only."""
        if self.pipeline.read_only:
            raise Refused(subject, "promote-tui was started with --read-only", "start it without")


def find_service(pipeline: Pipeline, name: str) -> Service:
    """Return a service of a configuration; raises UsageError, which names those that there are."""
    try:
        return pipeline.service(name)
    except KeyError:
        names = ", ".join(service.name for service in pipeline.services)
        raise UsageError(f"service {name}", "there is no such service", f"one of: {names}") from None


def find_stage(pipeline: Pipeline, name: str) -> Stage:
    """Return a stage of a configuration; raises UsageError, which names those that there are.

    Where nobody knows who `{user}` is, that is the cause: the stage may be theirs.
    """
    try:
        return pipeline.stage(name)
    except KeyError:
        names = ", ".join(stage.name for stage in pipeline.stages)
        unknown = next(filter(None, (stage.aws.unresolved for stage in pipeline.stages)), None)
        if pipeline.needs_user and unknown is not None:
            cause = f"there is no such stage (only {names}): {unknown.cause}"
            raise UsageError(f"stage {name}", cause, unknown.remedy) from None
        raise UsageError(f"stage {name}", "there is no such stage", f"one of: {names}") from None
