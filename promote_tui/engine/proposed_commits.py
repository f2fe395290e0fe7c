"""Which commit comes next, by what git and the record say: to be promoted, to go back to, to go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, CredentialsError, UsageError
from promote_tui.core.git.branches import branch_on_merge, branch_to_take, is_allowed
from promote_tui.core.model.cells import Deployed, Unreachable, Unreported
from promote_tui.core.next_steps import NextStep
from promote_tui.core.planning.next_stage import NextStage
from promote_tui.core.runs.adoption import unnamed_next_steps
from promote_tui.core.runs.run import Outcome
from promote_tui.core.runs.verification import (
    counts_as_verified,
    observed_before,
    verification,
)
from promote_tui.core.stacks.cells import describe_unknown
from promote_tui.engine.cells import read_cell
from promote_tui.engine.verification import commits_of, runs_of, same_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.model.pipeline import Service, Stage
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.context import Context

_RECENT_COMMITS = 200
"""How far back an allowed branch is searched for a commit with a verified service tree."""
_CHOOSE = NextStep("choose")


def earlier_commits(context: Context, service: Service, stage: Stage) -> tuple[str, ...]:
    """Return the commits that ran in a stage by its record and do not run there now, newest first."""
    runs = runs_of(context.ledger, service.target(stage.name))
    shipped = [run for run in runs if run.outcome is Outcome.VERIFIED or run.deploy_completed is not None]
    shas = dict.fromkeys(sha for run in shipped for sha in (run.to_commit, run.from_commit) if sha)
    cell = read_cell(context, service.target(stage.name))
    now = cell.commit if isinstance(cell, Deployed) else None
    known = context.graph.commits(service, set(shas))
    return tuple(sha for sha in shas if sha != now and sha in known)


def default_commit(context: Context, service: Service, stage: Stage) -> str:
    """Return the commit that `promote` takes when none is named; raises UsageError where there is none.

    It is the tip of the stage's deploy_on_merge branch. Else it is the newest commit that was verified in the stage
    before, or another one with the same service tree, as far as the stage's branches allow it. Into the first stage it
    is the tip of the default branch.
    """
    before = context.pipeline.before(stage)
    names = [branch.name for branch in context.graph.branches(service)]  # a repository that cannot be read says so
    if stage.branches_on_merge(service.name):
        return context.graph.resolve(service, _merged(service, stage, names))
    if before is None:
        return context.graph.resolve(service, _first(context, service, stage, names))
    return commit_verified_before(context, service, stage, before, takes_another=True)


def commit_verified_before(
    context: Context, service: Service, stage: Stage, before: Stage, *, takes_another: bool = False
) -> str:
    """Return the newest commit verified in the stage before that a stage's branches allow, itself or with its tree.

    Raises UsageError where there is none, AwsError where the stage before cannot be read. `takes_another`: who asks
    takes a commit that a person names instead.
    """
    for candidate in verified_commits(context, service, before):
        found = allowed_equivalent(context, service, stage, candidate)
        if found:
            return found
    cell = read_cell(context, service.target(before.name))
    if isinstance(cell, Unreachable):
        kind = CredentialsError if cell.login else AwsError
        raise kind(f"{service.name}/{before.name}", cell.reason, cell.remedy)
    why = describe_unknown(before.name, cell)
    if why:
        remedy = (
            unnamed_next_steps(cell) if isinstance(cell, Unreported) else cell.stack.status.remedy if cell.stack else ""
        )
        raise AwsError(f"{service.name}/{stage.name}", why, remedy)
    where = "any branch" if "*" in stage.branches else " or ".join(stage.branches)
    cause = f"no commit that is verified in {before.name} is on {where}"
    ways = ", merge, or pass --commit" if takes_another else " or merge"
    raise UsageError(f"{service.name}/{stage.name}", cause, f"promote to {before.name} first{ways}").by(_CHOOSE)


def _merged(service: Service, stage: Stage, names: Sequence[str]) -> str:
    found = branch_on_merge(stage, service.name, names)
    if found is not None:
        return found
    names = " or ".join(stage.branches_on_merge(service.name))
    cause = f"no branch of its repository is {names}, which is deployed on merge"
    remedy = f"pass --commit, or name its branch in deploy_on_merge: {{{service.name}: BRANCH}}"
    raise UsageError(f"{service.name}/{stage.name}", cause, remedy).by(_CHOOSE)


def _first(context: Context, service: Service, stage: Stage, names: Sequence[str]) -> str:
    found = branch_to_take(stage, names, context.graph.default_branch(service))
    if found is not None:
        return found
    any_allowed = any(is_allowed(stage, name) for name in names)
    cause = f"unknown which branch belongs on {stage.name}: its remote names no default branch"
    none = f"its repository has no branch that {stage.name} allows: {', '.join(stage.branches)}"
    remedy = "pass --commit, or set the stage's deploy_on_merge to the branch whose tip belongs there"
    raise UsageError(f"{service.name}/{stage.name}", cause if any_allowed else none, remedy).by(_CHOOSE)


def verified_commits(context: Context, service: Service, stage: Stage) -> Iterator[str]:
    """Yield the commits that count as verified in a stage, newest first."""
    runs = runs_of(context.ledger, service.target(stage.name))
    ours = (run for run in runs if run.outcome is Outcome.VERIFIED and not run.is_external_update)
    seen = list(dict.fromkeys(run.to_commit for run in ours))
    cell = read_cell(context, service.target(stage.name))
    seen += [cell.commit] if isinstance(cell, Deployed) and cell.commit not in seen else []
    same = same_code(context, service, {*seen, *(sha for run in runs for sha in commits_of(run))})
    yield from (sha for sha in seen if counts_as_verified(verification(sha, stage.name, cell, runs, same)))


def _before_all(context: Context, service: Service, stage: Stage) -> tuple[str, ...]:
    runs = runs_of(context.ledger, service.target(stage.name))
    first = runs[-1].from_commit if runs else None
    known = context.graph.commits(service, {first}) if first else {}
    found = observed_before(first, runs, lambda one, other: one == other) if first and first in known else None
    return (found.commit,) if found else ()


def next_stage(context: Context, service: Service, run: Run) -> NextStage | None:
    """Return the stage after a run's and the commit that may go there; None after the last stage, and of no commit."""
    following = next((stage for stage in context.pipeline.stages if stage.after == run.stage), None)
    if following is None or not run.to_commit:
        return None
    branches = (branch.name for branch in context.graph.branches(service))
    branch = next((name for name in branches if is_allowed(following, name)), "")
    commit = allowed_equivalent(context, service, following, run.to_commit) or ""
    return NextStage(following.name, commit, following.branches, branch)


def rollback_commit(context: Context, service: Service, stage: Stage) -> str:
    """Return the newest commit that counts as verified in the stage and is not what runs there now.

    Raises UsageError where there is none.
    """
    candidates = (*verified_commits(context, service, stage), *_before_all(context, service, stage))
    cell = read_cell(context, service.target(stage.name))
    now = cell.commit if isinstance(cell, Deployed) else None
    same = same_code(context, service, {*candidates, *([now] if now else [])})
    for sha in candidates:
        if now is None or not same(sha, now):
            return sha
    cause = "no other commit is on record as verified there"
    raise UsageError(f"{service.name}/{stage.name}", cause, "name the commit to roll back to with --commit")


def allowed_equivalent(context: Context, service: Service, stage: Stage, sha: str) -> str | None:
    """Return the commit itself where the stage allows it, else the newest allowed one with its service tree."""
    graph = context.graph
    if sha not in graph.commits(service, {sha}):
        return None
    if any(is_allowed(stage, branch) for branch in graph.branches_containing(service, sha)):
        return sha
    for branch in graph.branches(service):
        if is_allowed(stage, branch.name):
            recent = [
                branch.tip.sha,
                *(commit.sha for commit in graph.log(service, branch.name, limit=_RECENT_COMMITS)),
            ]
            same = same_code(context, service, {sha, *recent})
            match = next((other for other in recent if same(sha, other)), None)
            if match:
                return match
    return None
