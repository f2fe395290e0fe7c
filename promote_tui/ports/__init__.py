"""What the engine needs of the outside: one Protocol for each outside thing.

Adapters translate, they do not decide. Everything here blocks, so callers with an event loop call
it from a thread. Implementations may be used from several threads at once.
"""

from __future__ import annotations

from promote_tui.ports.aws import (
    Accounts,
    AlarmReader,
    BucketStore,
    ChildCredentials,
    FunctionReader,
    Identity,
    LogReader,
    OrganizationReader,
    PermissionReader,
    StackInspector,
    StackReader,
    StackRecoverer,
    Trail,
    ValueReader,
)
from promote_tui.ports.channels import CiReader, Notifier, WebReader
from promote_tui.ports.checkouts import CheckoutRequest, Checkouts, ProjectCommand
from promote_tui.ports.clock import Clock
from promote_tui.ports.deployer import ConfigurationReader, Deployer, Job, ProcessEnd
from promote_tui.ports.git import CommitGraph, PolicySource
from promote_tui.ports.ledger import Holder, Lease, Ledger, LedgerAdmin, Recorded, RecordedRelease, RunFilter, RunPage
from promote_tui.ports.machine import Launcher, ToolCheck, Tools

__all__ = [
    "Accounts",
    "AlarmReader",
    "BucketStore",
    "CheckoutRequest",
    "Checkouts",
    "ChildCredentials",
    "CiReader",
    "Clock",
    "CommitGraph",
    "ConfigurationReader",
    "Deployer",
    "FunctionReader",
    "Holder",
    "Identity",
    "Job",
    "Launcher",
    "Lease",
    "Ledger",
    "LedgerAdmin",
    "LogReader",
    "Notifier",
    "OrganizationReader",
    "PermissionReader",
    "PolicySource",
    "ProcessEnd",
    "ProjectCommand",
    "Recorded",
    "RecordedRelease",
    "RunFilter",
    "RunPage",
    "StackInspector",
    "StackReader",
    "StackRecoverer",
    "ToolCheck",
    "Tools",
    "Trail",
    "ValueReader",
    "WebReader",
]
