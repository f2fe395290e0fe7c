"""Where the deployer would deploy each service to: commit by commit, so that each is installed once."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.git.branches import branch_to_take, is_allowed
from promote_tui.core.model.pipeline import Service, Target
from promote_tui.engine.context import Context
from promote_tui.engine.deploy_values import resolve_service
from promote_tui.engine.planning.planner import discard_plan
from promote_tui.engine.planning.untracked_files import find_untracked
from promote_tui.ports import CheckoutRequest, Job, ToolCheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.package.package import Checkout

    Answer = Future[tuple[ToolCheck, ...]]


FILES = "files of "
"""The first words of the rows about files that are not as in a team's checkout."""


class DoctorStoppedError(Exception):
    """The caller has stopped reading; passes through every step on the way out."""


@dataclass(frozen=True, slots=True)
class _TargetTask:
    """A target to check, and the commit to check it with."""

    service: Service
    target: Target
    commit: str
    answer: Answer

    @property
    def prepared(self) -> tuple[object, ...]:
        """What its checkout is prepared with: stages of a service with the same can share one."""
        deploy = self.service.at(self.target.stage).deploy
        return self.service.name, deploy.install, deploy.before, deploy.files, deploy.env, deploy.pass_env


@dataclass(frozen=True, slots=True)
class TargetChecker:
    """Checks targets in the threads of `pool`, until `stop` is set."""

    context: Context
    pool: ThreadPoolExecutor
    stop: threading.Event

    def start(self, services: Sequence[Service], stages: Sequence[Stage]) -> list[Answer]:
        """Start the checks and return their futures, in the order of the configuration."""
        found = self.pool.map(lambda service: self._tasks(service, stages), services)
        tasks = [task for each in found for task in each]
        commits: dict[tuple[str, str], list[_TargetTask]] = {}
        for task in tasks:
            if not task.answer.done():
                commits.setdefault((task.service.repo, task.commit), []).append(task)
        for same in sorted(commits.values(), key=len, reverse=True):
            self.pool.submit(self._look_at_all, same)
        return [task.answer for task in tasks]

    def _tasks(self, service: Service, stages: Sequence[Stage]) -> list[_TargetTask]:
        """Return a service's tasks; those that cannot or need not be checked have their answer already."""
        tasks = [_TargetTask(service, service.target(stage.name), "", Future()) for stage in stages]
        try:
            tips = self._tips(service, stages)
        except PromoteError as error:
            for task in tasks:
                task.answer.set_result((failed_check(task.target, error),))
            return tasks
        for task in tasks:
            if task.target.stage not in tips:
                found = f"{task.target.stack} (not resolved: no branch that {task.target.stage} allows)"
                task.answer.set_result((ToolCheck(_name(task.target), ok=True, found=found),))
        return [_TargetTask(service, task.target, tips.get(task.target.stage, ""), task.answer) for task in tasks]

    def _tips(self, service: Service, stages: Sequence[Stage]) -> Mapping[str, str]:
        """Return for each stage the tip of the default branch, where it allows that, else of the newest that it does.

        So most stages of a service are looked at with the same commit.
        """
        branches = self.context.graph.branches(service)
        default = self.context.graph.default_branch(service)
        tips = {branch.name: branch.tip.sha for branch in branches}
        named = {stage.name: branch_to_take(stage, tuple(tips), default) or _newest(stage, tips) for stage in stages}
        return {stage: tips[branch] for stage, branch in named.items() if branch}

    def _look_at_all(self, tasks: Sequence[_TargetTask]) -> None:
        """Check the targets of one commit, one after the other: its dependencies are installed once."""
        try:
            for _, same in groupby(tasks, key=lambda task: task.prepared):
                self._look_at(tuple(same))
        except Exception as error:  # noqa: BLE001 - whoever waits for an answer hears of it
            for task in tasks:
                if not task.answer.done():
                    task.answer.set_exception(error)

    def _look_at(self, tasks: Sequence[_TargetTask]) -> None:
        owner, told = self.context.new_id(), list[ToolCheck]()
        logs = self.context.folders.state / "logs" / owner
        try:
            for task, checks in zip(tasks, self._checks(tasks, owner, logs), strict=True):
                told += checks[:1]
                task.answer.set_result(checks)
        finally:
            discard_plan(self.context, owner)
            if all(check.ok for check in told):  # else one of them may name a log
                shutil.rmtree(logs, ignore_errors=True)

    def _checks(self, tasks: Sequence[_TargetTask], owner: str, logs: Path) -> Iterator[tuple[ToolCheck, ...]]:
        """Yield the checks of each target, all of them from one checkout."""
        self._raise_if_stopped()
        first = tasks[0]
        try:
            log = self.context.folders.make(logs) / "prepare.log"
            service = resolve_service(self.context, first.service, first.target.stage)
            wanted = CheckoutRequest(service, first.target.stage, first.commit, owner, log)
            checkout = self.context.checkouts.prepare(wanted, self._raise_if_stopped)
        except PromoteError as error:
            yield from ((failed_check(task.target, error),) for task in tasks)
        else:
            yield from (self._check(task, checkout, owner, logs) for task in tasks)

    def _check(self, task: _TargetTask, checkout: Checkout, owner: str, logs: Path) -> tuple[ToolCheck, ...]:
        target = task.target
        try:
            warnings = (*checkout.warnings, *find_untracked(self.context, task.service, target, checkout))
            stack = self._resolved(task, checkout, owner, logs)
        except PromoteError as error:
            return (failed_check(target, error),)
        found = ToolCheck(_name(target), ok=True, found=f"{stack} in {target.aws.account} {target.aws.region}")
        return (found, *(ToolCheck(f"{FILES}{target}", None, words) for words in warnings))

    def _resolved(self, task: _TargetTask, checkout: Checkout, owner: str, logs: Path) -> str:
        context, target = self.context, task.target
        self._raise_if_stopped()
        folder = context.folders.make(context.folders.plan(owner))
        alone = context.checkouts.alone(checkout, owner, self._raise_if_stopped)
        with alone, context.accounts.lend(target, folder / f"aws-{target.stage}") as credentials:
            service = resolve_service(context, task.service, target.stage)
            job = Job(service, target, checkout, credentials, folder / "package", logs / "resolve.log")
            resolved = context.deployer.resolve(job, on_poll=self._raise_if_stopped)
        if resolved.stack != target.stack:
            cause = f"the CLI resolves to {resolved.stack}, the configuration says {target.stack}"
            file = context.deployer.facts.configuration
            raise UsageError(str(target), cause, f"fix {file}, or set the stack in the configuration")
        return resolved.stack

    def _raise_if_stopped(self) -> None:
        if self.stop.is_set():
            raise DoctorStoppedError


def failed_check(target: Target, error: PromoteError) -> ToolCheck:
    """Return the failed check of a target, with the error's subject where that is something else."""
    own = error.subject.partition("/")[0] == target.service  # whichever stage it was met in
    subject = "" if own else error.subject
    cause = error.cause
    if subject:
        cause = f"{subject} {cause.removeprefix('it ')}" if cause.startswith("it ") else f"{subject}: {cause}"
    return ToolCheck(_name(target), ok=False, found=cause, remedy=error.remedy)


def _name(target: Target) -> str:
    return f"target of {target}"


def _newest(stage: Stage, tips: Mapping[str, str]) -> str | None:
    return next((name for name in tips if is_allowed(stage, name)), None)
