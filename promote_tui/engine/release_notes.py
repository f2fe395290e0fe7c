"""Release notes: gathers the commits between two ends, their messages, and what differs in the stacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promote_tui.core.changes.changeset import predict
from promote_tui.core.drift.config import StageTemplate, normalize
from promote_tui.core.errors import AwsError, GitError, UsageError
from promote_tui.core.git.commits import CommitDifference
from promote_tui.core.git.links import compare_url
from promote_tui.core.model.cells import Deployed, Halfway, InProgress, Never, Unreachable, Unreported
from promote_tui.core.model.pipeline import StackOutput
from promote_tui.core.release_notes import model
from promote_tui.core.release_notes.model import End, Infrastructure, Notes, ServiceNotes
from promote_tui.core.releases.comparison import (
    ReleaseComparison,
    compare_releases,
    differing_commits,
)
from promote_tui.core.releases.outcome_words import describe_member
from promote_tui.core.releases.remains import delivered_services, describe_remains
from promote_tui.core.runs.adoption import unnamed_next_steps
from promote_tui.core.text import join_words, short
from promote_tui.core.value import replace
from promote_tui.engine.cells import read_cell
from promote_tui.engine.governance import find_service
from promote_tui.engine.planning.facts import require_reachable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.pipeline import Service
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.context import Context

HASH = re.compile("[0-9a-f]{40}")
COMMITS = 500
"""How many commits the notes name; they say where there are more."""


def make_notes(context: Context, services: Sequence[Service], source: str, target: str) -> Notes:
    """Return the notes of what `source` has and `target` lacks: stages, or what git knows.

    Raises UsageError where a name is neither or nothing was deployed to `source`, GitError, AwsError.
    """
    found = tuple(_service(context, service, source, target) for service in services)
    return Notes(context.pipeline.project, _short(source), _short(target), context.clock.now(), found)


def make_notes_of_release(context: Context, release: Release, services: Collection[str]) -> Notes:
    """Return the notes of a release: what each of its services brought, or would bring, wave by wave.

    Without `services` of all whose stacks run what it brought, may run it, or are still to get it. Raises UsageError
    for one that is not among them, GitError.
    """
    chosen = [name for name in delivered_services(release) if not services or name in services]
    strange = [name for name in services if name not in chosen]
    if strange:
        cause = f"{join_words(strange)} did not go into {release.stage} with it"
        raise UsageError(f"release {release.name}", cause, f"one of: {', '.join(delivered_services(release))}")
    found = tuple(_of_member(context, release, name) for name in chosen)
    at = release.ended.at if release.ended else release.planned.at
    return Notes(context.pipeline.project, release.name, release.stage, at, found, release.name)


def _of_member(context: Context, release: Release, name: str) -> ServiceNotes:
    """Return the notes of a service, with how it stands in its release where what it got is not verified."""
    notes, progress = _member_notes(context, release, name), release.progress[name]
    remark = f"In {release.stage}: {describe_member(progress)}" if describe_remains(progress) else ""
    return replace(notes, remark=remark)


def _member_notes(context: Context, release: Release, name: str) -> ServiceNotes:
    """Return the notes of a service; of one that is not in the configuration any more the commits are unknown."""
    found = next((service for service in context.pipeline.services if service.name == name), None)
    if found is not None:
        return _member(context, found, release)
    member = release.member(name)
    ends = End(f"release {release.name}", member.commit), End(f"{release.stage} before it", member.from_commit or None)
    gone = Infrastructure(unknown="it is not in the configuration any more, so which commits are new is unknown")
    return ServiceNotes(name, *ends, (), (), infrastructure=gone)


def _member(context: Context, service: Service, release: Release) -> ServiceNotes:
    member = release.member(service.name)
    new, before = End(f"release {release.name}", member.commit), f"{release.stage} before it"
    if not member.from_commit and member.from_commit is not None:
        unknown = Infrastructure(unknown="the stack named no commit before, so which commits are new is unknown")
        return ServiceNotes(service.name, new, End(before, None), (), (), infrastructure=unknown)
    return _between(context, service, new, End(before, member.from_commit), Infrastructure())


def compare_recorded_releases(context: Context, first: Release, second: Release) -> ReleaseComparison:
    """Return what the second release has beside the first; what git cannot tell says why."""
    pairs = differing_commits(first, second)
    return compare_releases(first, second, {name: _difference(context, name, *pair) for name, pair in pairs.items()})


def _difference(context: Context, name: str, base: str, head: str) -> CommitDifference | str:
    try:
        service, graph = find_service(context.pipeline, name), context.graph
        return CommitDifference(graph.between(service, base, head), graph.between(service, head, base))
    except (UsageError, GitError) as error:
        return error.cause


def _service(context: Context, service: Service, source: str, target: str) -> ServiceNotes:
    new, old = _end(context, service, source), _end(context, service, target)
    if new.sha is None:
        remedy = "name a stage that runs something, a branch or a commit"
        raise UsageError(f"{service.name}/{source}", "nothing was ever deployed there", remedy)
    return _between(context, service, new, old, _infrastructure(context, service, source, target))


def _between(context: Context, service: Service, new: End, old: End, infrastructure: Infrastructure) -> ServiceNotes:
    """Return the notes of what lies between two ends, of which the newer one is a commit."""
    head = new.sha or ""
    commits = context.graph.between(service, old.sha, head, limit=COMMITS + 1)
    listed, remote = commits[:COMMITS], context.graph.remote_url(service)
    bodies = context.graph.bodies(service, [commit.sha for commit in listed])
    return ServiceNotes(
        service=service.name,
        source=new,
        target=old,
        sections=model.sections(model.entries(listed, bodies, remote, context.pipeline.tickets)),
        authors=model.authors(listed),
        compare=compare_url(remote, old.sha, head) if remote and old.sha and listed else None,
        infrastructure=infrastructure,
        cut=len(commits) > COMMITS,
    )


def _end(context: Context, service: Service, name: str) -> End:
    """Return what a name stands for: a stage's commit, else what git knows by it."""
    if all(stage.name != name for stage in context.pipeline.stages):
        return End(_short(name), _resolved(context, service, name))
    match require_reachable(read_cell(context, service.target(name))):
        case Deployed(commit=sha) | InProgress(was=str(sha)):
            if sha not in context.graph.commits(service, {sha}):
                cause = f"{short(sha)}, which runs there, is not in this clone"
                raise GitError(f"{service.name}/{name}", cause, "run `git fetch` in the repository")
            return End(name, sha)
        case Unreported(reason=reason) as cell:
            raise AwsError(f"{service.name}/{name}", reason, unnamed_next_steps(cell))
        case Halfway(stack=stack, between=between):
            raise AwsError(f"{service.name}/{name}", str(between), stack.status.remedy)
        case Never() | InProgress():
            return End(name, None)
    raise AssertionError(name)  # a cell out of reach has raised


def _short(name: str) -> str:
    """Return a name as people say it: of a full hash its beginning."""
    return short(name) if HASH.fullmatch(name) else name


def _resolved(context: Context, service: Service, name: str) -> str:
    try:
        return context.graph.resolve(service, name)
    except UsageError as error:
        stages = ", ".join(stage.name for stage in context.pipeline.stages)
        raise UsageError(error.subject, error.cause, f"name a commit, a branch or a stage: {stages}") from None


def _infrastructure(context: Context, service: Service, source: str, target: str) -> Infrastructure:
    """Return what the deployed template of one stage has differently from that of the other.

    Where an end is no stage nothing is told: only a package says what a commit makes of its configuration.
    """
    if not {source, target} <= {stage.name for stage in context.pipeline.stages}:
        return Infrastructure()
    sides: list[Template] = []
    for name in (target, source):
        found = _template(context, service, name)
        if isinstance(found, str):
            return Infrastructure(unknown=f"the template of {name}: {found}")
        sides.append(found)
    bucket = context.deployer.facts.bucket
    return Infrastructure(predict(sides[0], sides[1], "the templates of two stages", bucket).changes)


def _template(context: Context, service: Service, stage: str) -> Template | str:
    """Return a stage's deployed template, ready to be compared; why not, where it cannot be read."""
    cell = read_cell(context, service.target(stage))
    if isinstance(cell, Never | Unreachable) or cell.stack is None:
        return {} if isinstance(cell, Never) else "the stage cannot be read"
    output = service.commit_source
    ignored = frozenset(output.names if isinstance(output, StackOutput) else ())
    try:
        return normalize(StageTemplate(context.inspector.template(cell.target, cell.stack.id), cell.target, ignored))
    except AwsError as error:
        return error.cause
