"""The composition root: builds the adapters from the configuration and hands the engine out."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.buckets import S3Buckets
from promote_tui.adapters.aws.cloudformation.inspector import StackInspection
from promote_tui.adapters.aws.cloudformation.recovery import CloudFormationRecovery
from promote_tui.adapters.aws.cloudformation.stacks import CloudFormation
from promote_tui.adapters.aws.cloudtrail import CloudTrail
from promote_tui.adapters.aws.cloudwatch import CloudWatchAlarms
from promote_tui.adapters.aws.cloudwatch_logs import CloudWatchLogs
from promote_tui.adapters.aws.kept_values import KeptValues
from promote_tui.adapters.aws.lambda_functions import LambdaFunctions
from promote_tui.adapters.aws.organization import AwsOrganization
from promote_tui.adapters.aws.permissions import IamPermissions
from promote_tui.adapters.ci.statuses import CiStatuses
from promote_tui.adapters.git.graph import GitGraph
from promote_tui.adapters.git.remote_config import CommittedConfig
from promote_tui.adapters.http import Web
from promote_tui.adapters.ledger.dynamodb.admin import DynamoAdmin
from promote_tui.adapters.ledger.dynamodb.ledger import DynamoLedger
from promote_tui.adapters.ledger.dynamodb.table import Table, TableLocation
from promote_tui.adapters.ledger.sqlite.admin import SqliteAdmin
from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.notify import Notifications
from promote_tui.adapters.process.launcher import RunnerLauncher
from promote_tui.adapters.process.system import SystemClock, start_marker
from promote_tui.adapters.process.tools import LocalTools
from promote_tui.adapters.serverless.cli import ServerlessCli
from promote_tui.adapters.worktrees.pool import WorkTrees
from promote_tui.config.loader import Config, load
from promote_tui.core.errors import AwsError, LedgerError, UsageError
from promote_tui.core.runs.run import Process
from promote_tui.core.value import replace
from promote_tui.engine.commit_resolution import CommitResolvingStacks
from promote_tui.engine.context import Context, Ports
from promote_tui.engine.engine import Engine
from promote_tui.engine.governance import Governance
from promote_tui.engine.state_dir import Folders
from promote_tui.engine.users import explain_unresolved, find_user
from promote_tui.paths import cache_folder, state_folder
from promote_tui.policy import with_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.config.model import TeamLedger
    from promote_tui.core.model.pipeline import Pipeline, Service
    from promote_tui.core.model.users import Unresolved
    from promote_tui.ports import Ledger, LedgerAdmin


def open_engine(config: Path, *, read_only: bool = False, break_glass: bool = False) -> Engine:
    """Return the engine of a configuration file, with the committed one's rules; raises ConfigError.

    `break_glass`: it journals on this machine, for as long as the team's ledger is out of reach; raises
    UsageError where there is none, or where it answers.
    """
    accounts = AwsAccounts(SystemClock())
    here, governing = _with_user(config, accounts)
    engine = build(here, governing, read_only=read_only, accounts=accounts)
    return _without_ledger(engine, here) if break_glass else engine


def reload_config(engine: Engine, config: Path) -> Engine:
    """Return the engine by the rules as they are committed now; who is logged in stays so.

    Where nobody knew the user, that is asked again. Raises ConfigError, and UsageError where the file lists other
    services or stages by now.
    """
    accounts = engine.context.accounts
    kept = accounts if isinstance(accounts, AwsAccounts) else None
    here, governing = _with_user(config, kept or AwsAccounts(SystemClock()), engine.pipeline.user)
    if not engine.pipeline.needs_user and _names(here.pipeline) != _names(engine.pipeline):
        raise UsageError(str(config), "its services or stages have changed", "quit, and start again")
    fresh = build(here, governing, read_only=engine.pipeline.read_only, accounts=kept)
    return dataclasses.replace(fresh, code_drift=engine.code_drift)


def _with_user(config: Path, accounts: AwsAccounts, user: str = "") -> tuple[Config, Config | None]:
    """Return the configuration and the committed one; AWS is asked who we are where `{user}` would stand for nobody."""
    here = load(config, cache_folder(), user)
    if not here.pipeline.needs_user:
        return with_policy(here)
    found = find_user(accounts, here.pipeline)
    if isinstance(found, str):
        return with_policy(load(config, cache_folder(), found))
    here, governing = with_policy(here)
    return _explained(here, found), _explained(governing, found) if governing else None


def _explained(config: Config, why: Unresolved) -> Config:
    return replace(config, pipeline=explain_unresolved(config.pipeline, why))


def _names(pipeline: Pipeline) -> tuple[tuple[str, ...], ...]:
    return tuple(each.name for each in pipeline.services), tuple(each.name for each in pipeline.stages)


def _without_ledger(engine: Engine, config: Config) -> Engine:
    if config.ledger is None:
        cause = "the ledger is a file of this machine: it is never out of reach"
        raise UsageError("--break-glass", cause, "leave it out")
    try:
        engine.context.ledger.holder("nobody's")
    except (LedgerError, AwsError):
        context = engine.context
        ledger = SqliteLedger(LedgerFile(break_glass_folder()), config.pipeline.project, context.clock)
        journalling = dataclasses.replace(context, ports=dataclasses.replace(context.ports, ledger=ledger))
        return dataclasses.replace(engine, governance=dataclasses.replace(engine.governance, context=journalling))
    raise UsageError("--break-glass", "the team's ledger answers", "leave it out")


def break_glass_folder() -> Path:
    """Return where a rollback journals while the team's ledger is out of reach."""
    return state_folder() / "break-glass"


def open_break_glass_journal(project: str) -> SqliteAdmin:
    """Return what a project journalled while the team's ledger was out of reach, as a whole."""
    return SqliteAdmin(break_glass_folder(), project)


def build(
    config: Config, governing: Config | None = None, *, read_only: bool = False, accounts: AwsAccounts | None = None
) -> Engine:
    """Return the engine of a configuration; nothing outside is touched before it is asked."""
    pipeline = replace(config.pipeline, read_only=read_only)
    ruling = replace(governing.pipeline, read_only=read_only) if governing else None
    me = Process(os.getpid(), start_marker(os.getpid()))
    return Engine(Governance(Context(_ports(pipeline, config, accounts), pipeline), ruling), me)


def open_ledger_admin(config: Path, *, read_only: bool = False) -> LedgerAdmin:
    """Return the ledger of a configuration file as a whole; raises ConfigError."""
    found, clock = load(config, cache_folder()), SystemClock()
    if found.ledger is None:
        return SqliteAdmin(state_folder(), found.pipeline.project, read_only=read_only)
    table = Table(AwsAccounts(clock), TableLocation(found.ledger.table, found.ledger.aws))
    return DynamoAdmin(table, found.pipeline.project, clock)


def open_ledger(config: Path) -> Ledger:
    """Return the ledger of a configuration file as its project sees it; raises ConfigError."""
    found = load(config, cache_folder())
    return _ledger(found.ledger, found.pipeline.project, AwsAccounts(SystemClock()))


def _ports(pipeline: Pipeline, config: Config, known: AwsAccounts | None) -> Ports:
    state, cache, clock = state_folder(), cache_folder(), SystemClock()
    sources = {target: service.commit_source for service in pipeline.services for target in service.targets}
    accounts, graph, deployer = known or AwsAccounts(clock), GitGraph(cache), ServerlessCli()
    return Ports(
        graph=graph,
        accounts=accounts,
        stacks=CommitResolvingStacks(
            CloudFormation(accounts, sources, deployer.facts.bucket_output), graph, pipeline.services
        ),
        inspector=StackInspection(accounts, deployer.facts),
        recoverer=CloudFormationRecovery(accounts),
        functions=LambdaFunctions(accounts),
        buckets=S3Buckets(accounts),
        alarms=CloudWatchAlarms(accounts),
        logs=CloudWatchLogs(accounts),
        permissions=IamPermissions(accounts),
        values=KeptValues(accounts),
        web=Web(),
        checkouts=WorkTrees(cache, deployer=deployer.facts.name, clock=clock),
        deployer=deployer,
        ledger=_ledger(config.ledger, pipeline.project, accounts, read_only=pipeline.read_only),
        tools=LocalTools(deployer.tool_checks(_commands(pipeline), _local_folders(pipeline))),
        launcher=RunnerLauncher(pipeline.user),
        clock=clock,
        folders=Folders(state),
        policy=CommittedConfig(Path(pipeline.path), config.remote),
        notifier=Notifications(accounts),
        ci=CiStatuses(),
        trail=CloudTrail(accounts),
        organization=AwsOrganization(accounts, config.organization) if config.organization else None,
    )


def _ledger(team: TeamLedger | None, project: str, accounts: AwsAccounts, *, read_only: bool = False) -> Ledger:
    if team is None:
        return SqliteLedger(LedgerFile(state_folder(), read_only=read_only), project, accounts.clock)
    table = Table(accounts, TableLocation(team.table, team.aws))
    return DynamoLedger(table, project, state_folder(), accounts.clock)


def _commands(pipeline: Pipeline) -> tuple[tuple[str, ...], ...]:
    """Return each command that is the deployer for some service and stage."""
    return tuple(dict.fromkeys(command for service in pipeline.services for command in _commands_of(service)))


def _commands_of(service: Service) -> Iterator[tuple[str, ...]]:
    """Yield them without filling in all settings of hundreds of services, where the command is the same everywhere."""
    if not service.stage_deploys and not any("{" in word for word in service.deploy.command):
        yield service.deploy.command
        return
    yield from (service.at(target.stage).deploy.command for target in service.targets)


def _local_folders(pipeline: Pipeline) -> tuple[Path, ...]:
    """Return the services' own folders on this machine, where a project's pinned CLI would be."""
    return tuple(Path(service.repo, service.path) for service in pipeline.services if Path(service.repo).is_absolute())
