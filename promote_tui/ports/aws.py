"""AWS: who we are there, stacks, functions, alarms and who changed what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from promote_tui.core.changes.model import SetChange, Template
    from promote_tui.core.changes.stack_drift import Detection, ResourceDrift
    from promote_tui.core.login import Login
    from promote_tui.core.model.alarms import Alarm
    from promote_tui.core.model.cells import Cell, StackState
    from promote_tui.core.model.log_lines import LogRead
    from promote_tui.core.model.organization import MemberAccount
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.model.stack_resources import StackResource
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.package.package import Submission
    from promote_tui.core.runs.external import Actor
    from promote_tui.core.traffic.model import AliasRouting


@dataclass(frozen=True, slots=True)
class Identity:
    """Who AWS says we are; `person` is the short name that people know, taken from the ARN.

    `user_id` is what IAM policies know as `aws:userid`.
    """

    account: str
    arn: str
    person: str
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class ChildCredentials:
    """A stage's credentials as a child process gets them.

    `environment` names a private AWS config file with the profile `profile`, and nothing secret
    itself; `identity` is what STS answered for that very file; `secrets` are values to mask.
    """

    profile: str
    environment: Mapping[str, str]
    identity: Identity
    expires_at: datetime | None
    secrets: tuple[str, ...] = field(repr=False)


class Accounts(Protocol):
    """AWS accounts and credentials. Raises CredentialsError where new credentials would help, else AwsError."""

    def identity(self, target: Target) -> Identity:
        """Return who we are in the target's account, as STS says."""

    def lend(self, target: Target, folder: Path) -> AbstractContextManager[ChildCredentials]:
        """Write the target's credentials into a private file in `folder` and remove it at the end."""

    def login(self, target: Target) -> Login | None:
        """Return what a person has to do before a promotion gets credentials; None where it would get them now.

        Raises AwsError where logging in would not help.
        """

    def give_code(self, target: Target, code: str) -> None:
        """Assume the role of the target's profile with an MFA code and keep it until it ends, in memory only.

        Raises CredentialsError where AWS refuses the code or wants another one.
        """

    def hand_over(self, targets: Collection[Target]) -> bytes:
        """Return what these targets need that a person's code gave, for another process; empty where nothing is."""

    def take_over(self, handed: bytes) -> None:
        """Keep what another process handed over; what is not of that form is left out."""


class PermissionReader(Protocol):
    """What IAM lets us do. Raises CredentialsError or AwsError where it cannot be found out."""

    def allowed(self, target: Target, action: str, resources: Sequence[str]) -> tuple[str, ...]:
        """Return those of the resources (ARNs) on which IAM's simulation allows us the action."""

    def may_execute(self, target: Target) -> bool:
        """Tell whether we may execute change sets of the target's stack, by a call that can change nothing."""


class OrganizationReader(Protocol):
    """The AWS organization, read only. Raises CredentialsError or AwsError."""

    def target(self) -> Target:
        """Return the target through whose credentials the organization is read."""

    def members(self) -> tuple[MemberAccount, ...]:
        """Return every account of the organization, without its tags."""

    def tags(self, accounts: Sequence[str]) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Return the tags of these accounts, as (key, value) pairs, by the accounts' numbers."""


class ValueReader(Protocol):
    """Values that are kept in AWS. Raises CredentialsError or AwsError; what does not exist is left out."""

    def parameters(self, target: Target, names: Sequence[str]) -> Mapping[str, str]:
        """Return the values of parameters of the SSM Parameter Store, decrypted, by their names."""

    def secret(self, target: Target, name: str) -> str | None:
        """Return the text of a secret of Secrets Manager, by its name or ARN; None where there is none."""


class StackReader(Protocol):
    """CloudFormation, read only but for cancel_update. Raises CredentialsError or AwsError where a call fails."""

    def cells(
        self, targets: Collection[Target], on_cell: Callable[[Cell], None] | None = None
    ) -> Mapping[Target, Cell]:
        """Return a cell for every target; trouble is a cell too (Unreachable), never an exception.

        `on_cell` is called as each becomes known, from any thread.
        """

    def cell(self, target: Target) -> Cell:
        """Read one target afresh; trouble is a cell too (Unreachable)."""

    def stack(self, target: Target) -> StackState | None:
        """Read one stack afresh; None where it does not exist."""

    def events(self, target: Target, stack_id: str, *, after: str | None = None) -> tuple[StackEvent, ...]:
        """Return the stack's events after the one with the id `after` (None: all), oldest first.

        `stack_id` may be a nested stack's, in the same account and region.
        """

    def last_event(self, target: Target, stack_id: str) -> StackEvent | None:
        """Return the newest event."""

    def cancel_update(self, target: Target, stack_id: str) -> None:
        """Ask CloudFormation to stop the running update and to roll it back."""


class StackRecoverer(Protocol):
    """What frees a stuck stack of CloudFormation; each call only begins it. Raises CredentialsError or AwsError."""

    def continue_rollback(self, target: Target, stack_id: str, skip: Sequence[str]) -> None:
        """Continue the rollback of an update that failed, and leave the resources `skip` (logical ids) as they are."""

    def roll_back(self, target: Target, stack_id: str) -> None:
        """Roll a stack back whose update failed and was not rolled back."""

    def delete(self, target: Target, stack_id: str) -> None:
        """Delete a stack."""


class StackInspector(Protocol):
    """CloudFormation beyond the matrix: templates, change sets, exports, drift. Raises CredentialsError or AwsError.

    Nothing of it changes a stack: a change set is created, read and deleted, never executed.
    """

    def template(self, target: Target, stack_id: str) -> Template:
        """Return the template that the stack was last deployed with, as it was submitted."""

    def change_set(self, target: Target, stack_id: str, submission: Submission, name: str) -> tuple[SetChange, ...]:
        """Return what CloudFormation says that the submission would change; empty where it is nothing.

        The change set has this unique name and is gone afterwards, whatever happens. A template of more
        than 51,200 bytes goes through the deployment bucket and is deleted there.
        """

    def exports(self, target: Target, stack_id: str) -> Mapping[str, str]:
        """Return the names of the stack's exports by the key of their output."""

    def importers(self, target: Target, export: str) -> tuple[str, ...]:
        """Return the names of the stacks that import an export."""

    def resources(self, target: Target, stack_id: str) -> Mapping[str, str]:
        """Return the physical ids of the stack's resources by their logical ids."""

    def stacks_with_output(self, target: Target, output: str) -> Mapping[str, str]:
        """Return the values of an output by the stack's name, of all stacks in the target's account and region."""

    def describe_resources(self, target: Target, stack_id: str) -> tuple[StackResource, ...]:
        """Return the stack's resources, each with its status."""

    def detect_drift(self, target: Target, stack_id: str) -> str:
        """Begin a drift detection and return its id."""

    def detection(self, target: Target, detection_id: str) -> Detection:
        """Return how a detection stands."""

    def last_detection(self, target: Target, stack_id: str) -> datetime | None:
        """Return when a drift detection last ended; None where there never was one."""

    def drifts(self, target: Target, stack_id: str) -> tuple[ResourceDrift, ...]:
        """Return the resources that the last detection found modified or deleted."""


class BucketStore(Protocol):
    """The contents of S3 buckets. Raises CredentialsError or AwsError."""

    def has_contents(self, target: Target, bucket: str) -> bool:
        """Tell whether a bucket holds anything, versions and their deletions too; one that is gone holds nothing."""

    def empty(self, target: Target, bucket: str) -> None:
        """Delete everything that a bucket holds, every version too; one that is gone is empty."""


class FunctionReader(Protocol):
    """Lambda, read only. Raises CredentialsError or AwsError."""

    def code(self, target: Target) -> Mapping[str, str]:
        """Return CodeSha256 by the function's name, of all functions in the target's account and region."""

    def log_groups(self, target: Target) -> Mapping[str, str]:
        """Return the log group by the function's name, of those functions that name theirs."""

    def aliases(self, target: Target, function: str) -> tuple[AliasRouting, ...]:
        """Return the aliases of a function, with where each sends requests; none where there is no such function."""

    def version_code(self, target: Target, function: str, version: str) -> str:
        """Return CodeSha256 of a version; empty where there is no such version."""


class LogReader(Protocol):
    """CloudWatch Logs, read only. Raises CredentialsError or AwsError."""

    def lines(self, target: Target, group: str, since: datetime, until: datetime, most: int) -> LogRead | None:
        """Return at most so many entries of a log group in a time: the newest, oldest first, as they were written.

        None where there is no such group. A group that holds too much is read from its beginning up to a bound, and
        the answer says how far.
        """


class Trail(Protocol):
    """CloudTrail, read only. Raises CredentialsError or AwsError."""

    def actors(self, target: Target, since: datetime, until: datetime) -> tuple[tuple[datetime, Actor], ...]:
        """Return who changed the target's stack in a time, with when they asked for it; empty where it forgot."""


class AlarmReader(Protocol):
    """CloudWatch, read only. Raises CredentialsError or AwsError."""

    def states(self, target: Target, names: Sequence[str]) -> tuple[Alarm, ...]:
        """Return each alarm's state in the target's account and region; one that is not there says so."""
