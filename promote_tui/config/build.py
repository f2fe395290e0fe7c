"""Builds the pipeline from the validated files: defaults filled in, paths absolute, a target per service and stage."""

from __future__ import annotations

import posixpath
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from promote_tui.config.access import aws_of, aws_of_stage, aws_of_target, unresolved_notes
from promote_tui.config.cache import join
from promote_tui.config.deploys import Deploys
from promote_tui.config.model import Config, TeamLedger
from promote_tui.config.schema.ci import ci_settings
from promote_tui.config.schema.gates import gate_rules
from promote_tui.config.schema.notify import channel
from promote_tui.config.schema.organization import account_rules
from promote_tui.config.schema.safeguards import with_safeguards
from promote_tui.config.schema.services import CommitTag, StageExceptions, smoke_test
from promote_tui.config.source import resolve
from promote_tui.config.targets import stack_name
from promote_tui.core.durations import to_seconds
from promote_tui.core.model.pipeline import (
    Aws,
    CommitSource,
    Pipeline,
    PreviewSettings,
    ReleaseSettings,
    SavedView,
    Service,
    StackOutput,
    StackTag,
    Stage,
    Target,
)
from promote_tui.core.model.tickets import Tickets
from promote_tui.core.model.users import is_user
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from promote_tui.config.schema.files import File, Ledger, LocalFile
    from promote_tui.config.schema.services import Service as ServiceBlock
    from promote_tui.config.schema.stages import PersonalStage
    from promote_tui.config.schema.stages import Stage as StageBlock
    from promote_tui.config.source import Source
    from promote_tui.config.validate import Models
    from promote_tui.core.model.team_rules import Rules

_ORDER = "sets the order of releases and of sync; other promotions wait for no service"
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:")


def build(models: Models, source: Source) -> Config:
    """Return what the files come to, with the SHA-256 of all that was read."""
    shared, local, compose = models.shared, models.local, models.composition.file
    user = local.user or source.user
    stages = _stages(shared, local, user)
    pipeline = Pipeline(
        project=shared.project,
        stages=stages,
        services=tuple(
            _service(service, Deploys(shared, local, user), stages, source.path) for service in shared.services
        ),
        digest=sha256(join(*source.texts, *((compose.content,) if compose else ()))).hexdigest(),
        path=str(source.path),
        notes=(*_notes(shared), *models.composition.notes, *unresolved_notes(stages, user)),
        trusted_roles=tuple(shared.trusted_roles),
        ci=ci_settings(shared.ci),
        account_rules=account_rules(shared.organization),
        composed=compose.root if compose else "",
        notify=tuple(channel(each) for each in shared.notify),
        views=_views(shared, local),
        groups=tuple((name, tuple(people)) for name, people in shared.groups.items()),
        previews=_previews(shared),
        tickets=Tickets(shared.tickets.pattern, shared.tickets.url) if shared.tickets else None,
        user=user if is_user(user) else "",
    )
    return Config(
        pipeline=pipeline,
        ledger=_ledger(shared.ledger),
        policy=shared.policy,
        theme=local.theme or shared.theme,
        keys=tuple({**shared.keys, **local.keys}.items()),
        refresh_seconds=to_seconds(shared.refresh),
        user=local.user,
        remote=_listed(shared.remote),
        organization=aws_of(shared.organization.aws) if shared.organization else None,
        compose=compose,
    )


def _previews(shared: File) -> PreviewSettings | None:
    block = shared.previews
    if block is None:
        return None
    return PreviewSettings(
        branches=tuple(block.branches),
        aws=aws_of(block.aws),
        base=block.base or shared.stages[0].name,
        stacks=tuple((each.name, stack_name(each.stack, each.name, "{stage}")) for each in shared.services),
        limit=block.limit,
        max_age=to_seconds(block.max_age) if block.max_age else 0.0,
    )


def _views(shared: File, local: LocalFile) -> tuple[SavedView, ...]:
    """Return the shared views and a person's own, which replace those of their names."""
    views = {view.name: view for view in (*shared.views, *local.views)}
    return tuple(SavedView(view.name, view.filter or "", view.group_by or "") for view in views.values())


def _stages(shared: File, local: LocalFile, user: str) -> tuple[Stage, ...]:
    stages: list[Stage] = []
    for one in shared.stages:
        before = stages[-1].name if stages else None
        profile = local.profiles.get(one.name, one.aws.profile)
        stage = _stage(one, one.after or before, aws_of_stage(one, profile, user))
        settings = ReleaseSettings(one.release.parallel, one.release.between_waves) if one.release else stage.release
        rules = with_safeguards(_rules(one, shared.groups), shared.safeguards, one.safeguards)
        stage = replace(stage, same_artifact=one.gates.same_artifact, rules=rules, release=settings)
        stages.append(replace(stage, only=one.only, promote_on=one.promote_on))
    return (*stages, *(_stage(one, one.after, aws_of_stage(one, one.aws.profile, user)) for one in local.stages))


def _rules(stage: StageBlock, groups: Mapping[str, list[str]]) -> Rules:
    """Return what a stage asks of a promotion: its gates, and what follows a deploy."""
    return replace(
        gate_rules(stage.gates, groups),
        overridable=tuple(stage.overridable),
        bake=to_seconds(stage.bake) if stage.bake else 0.0,
        on_failure=stage.on_failure,
    )


def _stage(stage: PersonalStage, after: str | None, aws: Aws) -> Stage:
    return Stage(
        name=stage.name,
        aws=aws,
        branches=tuple(stage.branches),
        deploy_on_merge=() if isinstance(stage.deploy_on_merge, dict) else _listed(stage.deploy_on_merge),
        confirm=stage.confirm,
        after=after,
        merged_for=_by_service(stage.deploy_on_merge),
    )


def _by_service(given: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the branches that are deployed on merge, of a setting that has them by service."""
    return tuple((name, _listed(names)) for name, names in given.items()) if isinstance(given, dict) else ()


def _listed(given: str | list[str] | None) -> tuple[str, ...]:
    """Return what may be one word or a list of them."""
    return (given,) if isinstance(given, str) else tuple(given or ())


def _ledger(block: Ledger) -> TeamLedger | None:
    if block.table is None or block.aws is None:
        return None
    return TeamLedger(block.table, aws_of(block.aws))


def _notes(shared: File) -> Iterator[str]:
    waiting = [f"services.{service.name}.depends_on" for service in shared.services if service.depends_on]
    for where in ["compose"] if shared.compose and waiting else waiting:
        yield f"{where}: {_ORDER}"


def _service(
    service: ServiceBlock,
    deploys: Deploys,
    stages: tuple[Stage, ...],
    path: Path,
) -> Service:
    return Service(
        name=service.name,
        repo=_repo(service.repo, path),
        path=_folder(service.path),
        shared=tuple(_folder(one) for one in service.shared),
        commit_source=_source(service.output),
        deploy=deploys.of(service),
        targets=tuple(_target(service, stage) for stage in stages),
        depends_on=tuple(dict.fromkeys((*service.depends_on, *deploys.needs(service)))),
        smoke=smoke_test(service.smoke),
        migrations=tuple(service.migrations),
        remote=_listed(service.remote or deploys.shared.remote),
        file=service.file or "",
        stage_deploys=deploys.by_stage(service),
        owner=service.owner or "",
    )


def _repo(repo: str, path: Path) -> str:
    """Return a URL as it is, a path absolute."""
    return repo if _REMOTE.match(repo) else str(resolve(repo, path))


def _folder(path: str) -> str:
    return posixpath.normpath(path)


def _source(output: str | list[str] | CommitTag) -> CommitSource:
    if isinstance(output, CommitTag):
        return StackTag(output.tag)
    first, *others = [output] if isinstance(output, str) else output
    return StackOutput(first, tuple(others))


def _target(service: ServiceBlock, stage: Stage) -> Target:
    own = service.stages.get(stage.name, StageExceptions())
    cli_stage = own.serverless_stage or stage.name
    return Target(
        service=service.name,
        stage=stage.name,
        stack=stack_name(own.stack or service.stack, service.name, cli_stage),
        serverless_stage=cli_stage,
        aws=aws_of_target(own, stage.aws),
    )
