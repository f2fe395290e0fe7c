"""What every part of the engine works with: the ports, and the configuration that it goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promote_tui.core.model.pipeline import Pipeline
from promote_tui.engine.ids import new_id
from promote_tui.engine.state_dir import Folders
from promote_tui.ports import (
    Accounts,
    AlarmReader,
    BucketStore,
    Checkouts,
    CiReader,
    Clock,
    CommitGraph,
    Deployer,
    FunctionReader,
    Identity,
    Launcher,
    Ledger,
    LogReader,
    Notifier,
    OrganizationReader,
    PermissionReader,
    PolicySource,
    StackInspector,
    StackReader,
    StackRecoverer,
    Tools,
    Trail,
    ValueReader,
    WebReader,
)

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Target


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports, the folders, and the source of ids; the composition root fills them in.

    `organization` is None where the configuration names none.
    """

    graph: CommitGraph
    accounts: Accounts
    stacks: StackReader
    inspector: StackInspector
    recoverer: StackRecoverer
    functions: FunctionReader
    buckets: BucketStore
    alarms: AlarmReader
    logs: LogReader
    permissions: PermissionReader
    values: ValueReader
    web: WebReader
    checkouts: Checkouts
    deployer: Deployer
    ledger: Ledger
    tools: Tools
    launcher: Launcher
    clock: Clock
    folders: Folders
    policy: PolicySource
    notifier: Notifier
    ci: CiReader
    trail: Trail
    organization: OrganizationReader | None = None
    new_id: Callable[[], str] = new_id


@dataclass(frozen=True, slots=True)
class Context:
    """The ports and the configuration that a piece of work goes by; the most used ports are properties here."""

    ports: Ports
    pipeline: Pipeline

    @property
    def graph(self) -> CommitGraph:
        """The commits of the services' repositories."""
        return self.ports.graph

    @property
    def accounts(self) -> Accounts:
        """The AWS accounts, and who we are in them."""
        return self.ports.accounts

    @property
    def stacks(self) -> StackReader:
        """The stacks as CloudFormation has them."""
        return self.ports.stacks

    @property
    def inspector(self) -> StackInspector:
        """The templates, change sets and drifts of stacks."""
        return self.ports.inspector

    @property
    def checkouts(self) -> Checkouts:
        """The work trees that commits are packaged in."""
        return self.ports.checkouts

    @property
    def deployer(self) -> Deployer:
        """What packages and deploys a service."""
        return self.ports.deployer

    @property
    def ledger(self) -> Ledger:
        """The record of runs and decisions, and the locks."""
        return self.ports.ledger

    @property
    def clock(self) -> Clock:
        """The clock that everything goes by."""
        return self.ports.clock

    @property
    def folders(self) -> Folders:
        """Where plans, runs and what they leave are kept."""
        return self.ports.folders

    def new_id(self) -> str:
        """Return an id for a plan or a run."""
        return self.ports.new_id()

    def identity(self, target: Target) -> Identity:
        """Return the identity that the record shows: that in the ledger's account, else in the target's."""
        return self.accounts.identity(self.ledger.target() or target)

    def under(self, pipeline: Pipeline) -> Context:
        """Return the same ports under another configuration."""
        return replace(self, pipeline=pipeline)
