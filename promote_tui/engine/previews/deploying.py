"""Deploys a branch as a preview: each service after those that it depends on, through plan, gates, lock and run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import DeployError, PromoteError, Refused, UsageError
from promote_tui.core.gates.blocked_gates import refusal
from promote_tui.core.gates.model import Allowance
from promote_tui.core.model.cells import Deployed, stack_of
from promote_tui.core.model.pipeline import Service
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.planning.waves import waves
from promote_tui.core.previews.names import preview_name
from promote_tui.core.previews.outcome import PreviewOutcome
from promote_tui.core.previews.preview import find_urls, prune_reason
from promote_tui.core.previews.removal import require_mark
from promote_tui.core.runs.run import Outcome, Process
from promote_tui.core.text import join_words, plural
from promote_tui.engine.governance import Governance
from promote_tui.engine.planning.planner import discard_plan, make_draft, make_plan
from promote_tui.engine.runs.control import start
from promote_tui.engine.runs.followed_run import FollowedRun
from promote_tui.engine.runs.watcher import RunWatcher
from promote_tui.engine.verification import runs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.planning.plan import ApprovedPlan, Plan
    from promote_tui.core.previews.preview import Preview
    from promote_tui.engine.context import Context
    from promote_tui.engine.previews.reading import PreviewReader


@dataclass(frozen=True, slots=True)
class PreviewUp:
    """What is going to be deployed: the services in their order, each with the tip of the branch in its repository."""

    branch: str
    commits: tuple[tuple[Service, str], ...]

    @property
    def name(self) -> str:
        """The preview's name."""
        return preview_name(self.branch)


def select_services(reader: PreviewReader, branch: str, wanted: Sequence[str]) -> PreviewUp:
    """Return what a preview of a branch is made of: the wanted services (none: all) whose repository has the branch.

    Raises UsageError for what may not, or cannot, have a preview, Refused where there are too many, and PromoteError
    where a repository cannot be read.
    """
    settings, pipeline = reader.settings, reader.context.pipeline
    if not settings.allows(branch):
        cause = f"`previews.branches` allows {join_words(settings.branches)}"
        raise UsageError(f"branch {branch}", cause, "name another branch, or add it there")
    services = {each.name: each for each in pipeline.services if not wanted or each.name in wanted}
    tips = {name: reader.branches.find(each, branch) for name, each in services.items()}
    for name in wanted:
        if tips.get(name) is None:
            raise UsageError(f"branch {branch}", f"the repository of {name} has no such branch", "push it first")
    ordered = [name for wave in waves([*services.values()]) for name in wave.services]
    found = tuple((services[name], tip.tip.sha) for name in ordered if (tip := tips[name]))
    if not found:
        raise UsageError(f"branch {branch}", "no service's repository has it", "push it first")
    _refuse_too_many(reader, branch)
    return PreviewUp(branch, found)


def _refuse_too_many(reader: PreviewReader, branch: str) -> None:
    found, limit = reader.read(), reader.settings.limit
    if len(found) < limit or any(each.branch == branch for each in found):
        return
    has = "is" if len(found) == 1 else "are"
    cause = f"there {has} {plural(len(found), 'preview')} already, and `previews.limit` is {limit}"
    raise Refused(preview_name(branch), cause, _make_room(reader, found))


def _make_room(reader: PreviewReader, found: Sequence[Preview]) -> str:
    now, settings = reader.context.clock.now(), reader.settings
    if any(prune_reason(each, now, settings.max_age) for each in found):
        return "promote-tui preview prune"
    oldest = min(found, key=lambda each: each.updated_at or now)
    return f"promote-tui preview down {oldest.name}"


@dataclass(frozen=True, slots=True)
class PreviewDeploy:
    """The deploy of a preview under the configuration that has it as a stage; the configuration allows no loss of data.

    `allowances` are resources that may lose theirs.
    """

    governance: Governance
    me: Process
    allowances: tuple[Allowance, ...]
    watcher: RunWatcher

    def execute(self, wanted: PreviewUp) -> Iterator[PreviewOutcome]:
        """Yield what becomes of each service; after one that fails, those that depend on it are left."""
        failed: set[str] = set()
        for service, sha in wanted.commits:
            missing = [name for name in service.depends_on if name in failed]
            if missing:
                reason = f"{join_words(missing)}, which it depends on, is not deployed"
                found = PreviewOutcome(service.name, wanted.name, "skipped", sha, reason=reason)
            else:
                found = self._deploy(service.name, wanted.name, sha)
            if not found.is_done:
                failed.add(service.name)
            yield found

    def _deploy(self, service: str, stage: str, sha: str) -> PreviewOutcome:
        try:
            return self._attempt(service, stage, sha)
        except Refused as error:
            return PreviewOutcome(service, stage, "refused", sha, reason=error.cause, remedy=error.remedy)
        except PromoteError as error:
            return PreviewOutcome(service, stage, "failed", sha, reason=error.cause, remedy=error.remedy)

    def _attempt(self, service: str, stage: str, sha: str) -> PreviewOutcome:
        context, found, where = self.governance.governing(service, stage)
        draft = make_draft(context, found, where, sha)
        cell = draft.cell
        stack = stack_of(cell)
        if stack is not None:  # else it could be another branch's, or nobody's preview
            require_mark(draft.target, stack, runs_of(context.ledger, draft.target))
        if isinstance(cell, Deployed) and cell.commit == sha and cell.stack.status.succeeded:
            urls = find_urls(cell.stack.outputs)
            return PreviewOutcome(service, stage, "current", sha, reason="it runs this commit already", urls=urls)
        plan = make_plan(context, draft, self.watcher.step)
        try:
            self.watcher.review(plan)
            approved = self._approve(context, plan)
        except BaseException:
            discard_plan(context, plan.id)
            raise
        return self._run(context, approved)

    def _approve(self, context: Context, plan: Plan) -> ApprovedPlan:
        closed = plan.blocked_gates(self.allowances)
        if closed:
            raise refusal(str(plan.draft.target), closed)
        answer = Confirmation(yes=True, allowances=self.allowances)
        return approve(plan, answer, context.clock.now())

    def _run(self, context: Context, approved: ApprovedPlan) -> PreviewOutcome:
        target, sha = approved.plan.draft.target, approved.plan.draft.commit.sha
        run = context.new_id()
        followed = FollowedRun(self.governance, self.me, target, run)
        ended = followed.complete(lambda: start(context, approved, [target], run), self.watcher.follow)
        if ended is None:
            raise DeployError(str(target), "its process ended before the run began", "try again")
        if ended.outcome is not Outcome.VERIFIED:
            return PreviewOutcome(
                target.service, target.stage, "failed", sha, run=run, reason=ended.cause, remedy=ended.remedy
            )
        stack = context.stacks.stack(target)
        urls = find_urls(stack.outputs) if stack else ()
        return PreviewOutcome(target.service, target.stage, "deployed", sha, run=run, urls=urls)
