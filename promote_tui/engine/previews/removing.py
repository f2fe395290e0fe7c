"""Removes a preview: what is going to be removed is read and shown first, then each service is a run of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError, PromoteError, Refused
from promote_tui.core.planning.waves import waves
from promote_tui.core.previews.outcome import PreviewOutcome
from promote_tui.core.previews.preview import Preview
from promote_tui.core.previews.removal import Removal, require_preview
from promote_tui.core.runs.run import Outcome, Process
from promote_tui.core.stacks.cells import running_commit
from promote_tui.core.text import join_words
from promote_tui.core.value import Value, replace
from promote_tui.engine.governance import Governance
from promote_tui.engine.previews.reading import PreviewReader
from promote_tui.engine.runs.buckets import find_blocking_buckets, find_kept_resources
from promote_tui.engine.runs.control import start_removal
from promote_tui.engine.runs.followed_run import FollowedRun
from promote_tui.engine.runs.watcher import RunWatcher
from promote_tui.engine.verification import runs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.model.cells import StackState
    from promote_tui.core.model.pipeline import Target
    from promote_tui.engine.context import Context


class ServiceRemoval(Value):
    """One service of a removal: `blocking` are buckets that hold something, `kept` resources that stay."""

    removal: Removal
    blocking: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class PreviewRemoval(Value):
    """A preview that is going to be removed, with its services in that order; `why` is why it may be, in words."""

    preview: Preview
    services: tuple[ServiceRemoval, ...]
    why: str = ""

    @property
    def blocking(self) -> tuple[str, ...]:
        """The buckets that block it, of all services."""
        return tuple(name for each in self.services for name in each.blocking)

    def with_emptied_buckets(self) -> PreviewRemoval:
        """Return the removal with what its buckets hold: a person has said that it goes."""
        services = (replace(each, removal=replace(each.removal, emptied=each.blocking)) for each in self.services)
        return replace(self, services=tuple(services))


def refuse_configured_stage(governance: Governance, name: str) -> None:
    """Raise Refused where a stage of the configuration is named: such a stage is never removed."""
    for pipeline in governance.configured:
        for stage in pipeline.stages:
            if stage.name == name:
                cause = f"{name} is a stage of the configuration, and such a stage is never removed"
                raise Refused(f"stage {name}", cause, "name a preview: see `promote-tui preview list`")


@dataclass(frozen=True, slots=True)
class RemovalPlanner:
    """Finds out what a removal of a preview does; nothing is changed."""

    governance: Governance
    reader: PreviewReader

    def plan(self, preview: Preview, why: str = "") -> PreviewRemoval:
        """Return the removal of a preview, dependents first; raises Refused, AwsError, GitError, LedgerError."""
        stacks = {each.target.service: each.target for each in preview.stacks}
        services = [self.governance.service(name) for name in stacks]
        ordered = [name for wave in reversed(waves(services)) for name in wave.services]
        found = (self._service(stacks[name]) for name in ordered)
        return PreviewRemoval(preview, tuple(each for each in found if each is not None), why)

    def _service(self, target: Target) -> ServiceRemoval | None:
        context = self.reader.context
        stack = context.stacks.stack(target)
        if stack is None:
            return None
        require_preview(target, stack, runs_of(context.ledger, target), self.governance.configured)
        last = context.stacks.last_event(target, stack.id)
        removal = Removal(
            id=context.new_id(),
            target=target,
            commit=self._commit(context, target, stack),
            deployed=running_commit(stack) or "",
            stack_id=stack.id,
            stack_status=stack.status_name,
            last_event_id=last.id if last else None,
            config_path=context.pipeline.path,
            config=context.pipeline.digest,
            created_at=context.clock.now(),
        )
        blocking = find_blocking_buckets(context, target, stack.id)
        return ServiceRemoval(removal, blocking, find_kept_resources(context, target, stack.id))

    def _commit(self, context: Context, target: Target, stack: StackState) -> str:
        """Return whose configuration it is removed by: what runs there, was deployed, or is on the branch now."""
        service = self.governance.service(target.service)
        tried = [run.to_commit for run in runs_of(context.ledger, target)]
        known = [running_commit(stack) or "", *tried]
        try:
            return self.reader.branches.known_commit(service, known)
        except PromoteError:
            branch = self.reader.branches.find(service, target.preview)
            if branch is None:
                raise
            return branch.tip.sha


@dataclass(frozen=True, slots=True)
class PreviewRemover:
    """Removes previews, one service after the other, each as a run on record."""

    governance: Governance
    me: Process
    watcher: RunWatcher

    def execute(self, wanted: PreviewRemoval, reason: str) -> Iterator[PreviewOutcome]:
        """Yield what becomes of each service; what others depend on that are still there is left."""
        governance = self.governance.with_preview(wanted.preview.branch)
        left: set[str] = set()
        for each in wanted.services:
            service = each.removal.target.service
            users = [name for name in left if service in governance.service(name).depends_on]
            found = self._remove(governance, each, reason, users)
            if not found.is_done:
                left.add(service)
            yield found

    def _remove(
        self, governance: Governance, each: ServiceRemoval, reason: str, users: Sequence[str]
    ) -> PreviewOutcome:
        target = each.removal.target
        where = target.service, target.stage
        if users:
            return PreviewOutcome(*where, "skipped", reason=f"{join_words(users)}, still there, depends on it")
        try:
            return self._run(governance, replace(each.removal, reason=reason))
        except Refused as error:
            return PreviewOutcome(*where, "refused", reason=error.cause, remedy=error.remedy)
        except PromoteError as error:
            return PreviewOutcome(*where, "failed", reason=error.cause, remedy=error.remedy)

    def _run(self, governance: Governance, removal: Removal) -> PreviewOutcome:
        context, target, run = governance.context, removal.target, governance.context.new_id()
        self.watcher.step(f"removing {target.service} from {target.stage}")
        followed = FollowedRun(governance, self.me, target, run)
        ended = followed.complete(lambda: start_removal(context, removal, run), self.watcher.follow)
        if ended is None:
            raise DeployError(str(target), "its process ended before the run began", "try again")
        if ended.outcome is not Outcome.VERIFIED:
            return PreviewOutcome(
                target.service, target.stage, "failed", run=run, reason=ended.cause, remedy=ended.remedy
            )
        return PreviewOutcome(target.service, target.stage, "removed", removal.deployed, run)
