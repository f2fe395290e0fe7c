"""What the engine asks of the outside: one Protocol for each outside thing.

Adapters translate, they do not decide. Everything here blocks, so callers with an event loop call
it from a thread. Implementations may be used from several threads at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from promote_tui.core.git.commits import EVERYTHING
from promote_tui.core.model.pipeline import Branch, Cell, Commit, FileChange, Service, StackState, Target
from promote_tui.core.package.package import Checkout, Package, ResolvedTarget
from promote_tui.core.runs.events import Event
from promote_tui.core.runs.run import Process, Run, RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from contextlib import AbstractContextManager

    from promote_tui.core.changes.model import SetChange, Template
    from promote_tui.core.changes.stack_drift import Detection, ResourceDrift
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.facts import Alarm, Signature
    from promote_tui.core.git.commits import CommitDetail, Patch, Search
    from promote_tui.core.git.relation import Pair, Relation
    from promote_tui.core.login import Login
    from promote_tui.core.model.channels import Channel
    from promote_tui.core.model.commit_names import Meaning
    from promote_tui.core.model.smoke import Answer
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.core.package.package import Submission
    from promote_tui.core.runs.dump import Contents
    from promote_tui.core.runs.external import Actor
    from promote_tui.core.stacks.activity import Pulse


class Clock(Protocol):
    """Time, so that tests can inject it."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""

    def monotonic(self) -> float:
        """Return seconds that only grow."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class CommitGraph(Protocol):
    """Git repositories, read only; hashes are full ones. Raises GitError, with the repository as its subject."""

    def resolve(self, service: Service, revision: str) -> str:
        """Return the 40 hex digits of any revision (branch, tag, short hash, `HEAD~2`).

        A branch is looked for among the remote's branches first where a remote exists. Raises
        UsageError where it names nothing or more than one commit.
        """

    def meanings(self, service: Service, names: Collection[str]) -> Mapping[str, Meaning]:
        """Return the commits that each name of a stack's may mean, in a number of spawns that does not grow with them.

        A name is what `core.names.clue` takes for one: digits are looked for among the commits, a tag by its full
        name; no branch and no expression is ever looked at. Names that mean no commit here are left out.
        """

    def commits(self, service: Service, shas: Collection[str]) -> Mapping[str, Commit]:
        """Return the commits that the repository has; what is not a known full hash is left out."""

    def branches(self, service: Service) -> tuple[Branch, ...]:
        """Return the branches with their tips, newest first: those of the team's remote where there is one.

        A bare clone's are its own. Raises GitError where the remote was never fetched.
        """

    def default_branch(self, service: Service) -> str | None:
        """Return the branch that the remote (a bare clone: itself) calls its default; None where nobody does."""

    def tracks_remote(self, service: Service) -> bool:
        """Tell whether the branches are those of the team's remote, as it was fetched last."""

    def branches_containing(self, service: Service, sha: str) -> tuple[str, ...]:
        """Return the names of the branches that hold the commit, of those that `branches` returns."""

    def log(
        self, service: Service, revision: str, *, skip: int = 0, limit: int = 50, search: Search = EVERYTHING
    ) -> tuple[Commit, ...]:
        """Return a page of the service's commits that are reachable from a revision, newest first."""

    def count(self, service: Service, revision: str) -> int:
        """Return how many commits are reachable from a revision, those of other services too."""

    def contained(self, service: Service, revision: str, shas: Collection[str]) -> frozenset[str]:
        """Return those of the commits that are reachable from a revision; unknown ones are not."""

    def detail(self, service: Service, sha: str) -> CommitDetail:
        """Return a commit with the beginning of its message and the service's files that it changes.

        It is compared with its first parent. Counts of lines are None where they cannot be told.
        """

    def bodies(self, service: Service, shas: Collection[str]) -> Mapping[str, str]:
        """Return the beginnings of the commits' messages behind their subjects; unknown ones are left out."""

    def patch(self, service: Service, base: str | None, head: str, path: str | None, limit: int) -> Patch:
        """Return the unified diff from `base` (None: the empty tree) to `head`, at most `limit` bytes.

        It is about the service's paths, or about one path.
        """

    def touched(self, service: Service, base: str | None, head: str) -> Mapping[str, tuple[str, ...]]:
        """Return for each of the service's files which commits that `head` has and `base` lacks changed it.

        Newest first; merges change nothing of their own here, and no more than 500 commits are looked at.
        """

    def texts(self, service: Service, sha: str, paths: Collection[str], limit: int) -> Mapping[str, str]:
        """Return those of the files that a commit has, links left out and those of more than `limit` bytes too."""

    def signature(self, service: Service, sha: str) -> Signature:
        """Return what git says of a commit's signature, with the keys that it knows on this machine."""

    def remote_url(self, service: Service) -> str | None:
        """Return the address that the repository is fetched from, without credentials; None where there is none."""

    def between(self, service: Service, base: str | None, head: str, *, limit: int = 200) -> tuple[Commit, ...]:
        """Return the service's commits that `head` has and `base` lacks (None: all), newest first.

        These are the commits that drift counts: a merge that brings nothing of its own is not one.
        """

    def relations(self, pairs: Collection[Pair]) -> Mapping[Pair, Relation]:
        """Return every pair's relation, exact, in a number of spawns that does not grow with the pairs.

        A commit that a repository lacks gives Unknown("... is not in this clone").
        """

    def service_trees(self, service: Service, shas: Collection[str]) -> Mapping[str, str]:
        """Return for each known commit a digest of what is at the service's paths; unknown ones are left out."""

    def changed_files(self, service: Service, base: str | None, head: str) -> tuple[FileChange, ...]:
        """Return the files at the service's paths that differ from `base` (None: the empty tree) to `head`."""

    def fetch(self, service: Service) -> None:
        """Bring a mirror up to date; a repository that is the user's own folder is left alone."""


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

    def detect_drift(self, target: Target, stack_id: str) -> str:
        """Begin a drift detection and return its id."""

    def detection(self, target: Target, detection_id: str) -> Detection:
        """Return how a detection stands."""

    def last_detection(self, target: Target, stack_id: str) -> datetime | None:
        """Return when a drift detection last ended; None where there never was one."""

    def drifts(self, target: Target, stack_id: str) -> tuple[ResourceDrift, ...]:
        """Return the resources that the last detection found modified or deleted."""


class FunctionReader(Protocol):
    """Lambda, read only. Raises CredentialsError or AwsError."""

    def code(self, target: Target) -> Mapping[str, str]:
        """Return CodeSha256 by the function's name, of all functions in the target's account and region."""


class Trail(Protocol):
    """CloudTrail, read only. Raises CredentialsError or AwsError."""

    def actors(self, target: Target, since: datetime, until: datetime) -> tuple[tuple[datetime, Actor], ...]:
        """Return who changed the target's stack in a time, with when they asked for it; empty where it forgot."""


class Notifier(Protocol):
    """Channels that people hear of runs by. Raises DeployError or AwsError, which name no address."""

    def send(self, channel: Channel, text: str, target: Target) -> None:
        """Send a line within a few seconds; an SNS topic is reached with the target's credentials."""


class PolicySource(Protocol):
    """The repository that the configuration lies in. Raises GitError."""

    def tip(self, ref: str) -> tuple[str, str]:
        """Return the commit on a branch such as `origin/main`, and the default branch, as the remote says now.

        The commit is empty where the branch is gone; the default is `ref` itself where the remote names none.
        """

    def fetch(self, ref: str) -> None:
        """Bring the branches of that branch's remote up to date, and which is its default; no file is touched.

        Without a `ref` of the team's remote, where there is one.
        """


class AlarmReader(Protocol):
    """CloudWatch, read only. Raises CredentialsError or AwsError."""

    def states(self, target: Target, names: Sequence[str]) -> tuple[Alarm, ...]:
        """Return each alarm's state in the target's account and region; one that is not there says so."""


class WebReader(Protocol):
    """HTTP, one GET at a time."""

    def get(self, url: str, seconds: float) -> Answer:
        """Return what the URL itself answers (no redirect is followed) within so many seconds.

        Raises DeployError where it does not answer.
        """


class Checkouts(Protocol):
    """Work trees of our own; the user's is never touched. Raises GitError, or DeployError where preparing fails."""

    def prepare(  # noqa: PLR0913 - each a fact of its own
        self,
        service: Service,
        stage: str,
        commit: str,
        owner: str,
        log: Path,
        *,
        apart: bool = False,
        on_poll: Callable[[], None] | None = None,
    ) -> Checkout:
        """Return a clean work tree at the commit with its dependencies, reserved for `owner` (a plan's id).

        Copies `deploy.files`, installs, runs `deploy.before`; all output is appended to `log`. What is the
        same for several plans is prepared once and shared, until a runner keeps it. The reservation
        outlasts packaging at its limit and the plan's hour. With `apart` it is never shared, and nothing
        that is changed there, dependencies included, reaches a plan. What `on_poll` raises, called about
        once a second of a command, stops it.
        """

    def present(
        self, service: Service, checkout: Checkout, names: Collection[str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return which of the files are in the checkout, and which in the user's own folder (none, for a URL).

        Names are relative to the repository's root.
        """

    def alone(self, checkout: Checkout, owner: str, on_wait: Callable[[], None]) -> AbstractContextManager[None]:
        """Keep everybody else out of the work tree meanwhile: the CLI is never called there otherwise.

        Waits until it is free; `on_wait` is called about every second of it, and may raise. Raises
        DeployError where the work tree is not any more what was prepared for the owner.
        """

    def run(  # noqa: PLR0913 - each a fact of its own
        self,
        service: Service,
        stage: str,
        argv: Sequence[str],
        checkout: Checkout,
        log: Path,
        *,
        extra: Mapping[str, str] | None = None,
        on_poll: Callable[[], None] | None = None,
    ) -> None:
        """Run a command of the project's own in the service's folder of a checkout, its output appended to `log`.

        It gets what a deploy's child gets (and `extra`), but no AWS credentials. Raises DeployError where it
        does not end well, or takes longer than the service allows; what `on_poll` raises, called about
        once a second, stops it. Nobody else should be in the checkout (`alone`).
        """

    def digest(self, checkout: Checkout) -> str:
        """Return a digest of the work tree's commit and of its tracked files' changes."""

    def keep(self, owner: str) -> None:
        """Keep the reservation until release, for a plan that a runner now executes."""

    def release(self, owner: str) -> None:
        """Give the work tree back; the last of its owners empties it. Unknown owners are ignored."""

    def prune(self, now: datetime) -> tuple[str, ...]:
        """Remove what nobody holds any more; return what went, in words."""


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How a child ended; `code` is negative for a signal, as in subprocess.

    `why` is `exited` where it ended by itself, else what it was stopped for: `idle` and `timeout` are the limits,
    `hung` is that it did not end although what it waited for had come.
    """

    code: int
    why: Literal["exited", "idle", "timeout", "hung"]


@dataclass(frozen=True, slots=True)
class Job:
    """What the Serverless CLI is called with: packages into and deploys from `folder`, output to `log`."""

    service: Service
    target: Target
    checkout: Checkout
    credentials: ChildCredentials
    folder: Path
    log: Path

    @property
    def commit(self) -> str:
        """The commit that is packaged or deployed."""
        return self.checkout.commit


class Deployer(Protocol):
    """The Serverless CLI. Raises DeployError, with the CLI's own reason where it gave one."""

    def package(self, job: Job) -> Package:
        """Package the commit for the target (folder 0700), with the commit output added where missing."""

    def read(self, folder: Path, target: Target, commit: str) -> Package:
        """Read a package from disk again, with every file's digest."""

    def submission(self, folder: Path, target: Target) -> Submission:
        """Return what a deploy of the package will hand to CloudFormation."""

    def manifest(self, job: Job) -> Manifest:
        """Return what is in each archive of the job's package, and what it was built with."""

    def resolve(self, job: Job, *, on_poll: Callable[[], None] | None = None) -> ResolvedTarget:
        """Ask the CLI where it would deploy to, without packaging; `on_poll` may raise to stop it."""

    def command(self, job: Job) -> tuple[str, ...]:
        """Return the argv list that `deploy` runs."""

    def environment(self, job: Job) -> Mapping[str, str]:
        """Return all that the child's environment will hold."""

    def deploy(
        self,
        job: Job,
        *,
        on_start: Callable[[Process], None],
        on_poll: Callable[[], None],
        pulse: Callable[[], Pulse | None],
    ) -> ProcessEnd:
        """Ship the package and wait for the CLI's end.

        `on_start` hears of the process group before the CLI does anything: where it raises, or where
        this process dies in it, the CLI never starts. `on_poll` is called about once a second.
        Output goes to the log, masked. The CLI is stopped at the service's idle and total limits; `pulse`
        says what the stack is doing while the CLI is silent (None: that cannot be told), and is called from another
        thread: the idle limit does not run while the stack is at work, and is a minute once it has arrived.
        """

    def alive(self, process: Process) -> bool:
        """Tell whether anything of that process group still lives."""

    def failure_reason(self, log: Path) -> str:
        """Return in one line what the CLI's log gives as the reason of a failure; empty where it gives none."""

    def finish_log(self, service: Service, log: Path) -> None:
        """Remove what a deploy wrote whose runner died before it was masked, and say so in the log."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in its run: `seq` starts at 1 and has no gaps."""

    seq: int
    event: Event


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs are wanted; None means any. `live` are those that still hold their lock, `who` is a person's name.

    They are the project's, but those of a stack (`key`) are everybody's. With `any_project` the live ones are too,
    and those of other projects in a ledger of this machine.
    """

    service: str | None = None
    stage: str | None = None
    key: str | None = None
    status: RunStatus | None = None
    live: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    who: str | None = None
    any_project: bool = False


@dataclass(frozen=True, slots=True)
class RunPage:
    """Runs, newest first, and where to go on (None: that was all)."""

    runs: tuple[Run, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock. `runner_alive` is None where it cannot be told from this machine.

    `who` is empty where nobody knows yet. `silent_in` are the seconds after which a runner that is
    not heard of until then counts as gone; None where no time makes it so. `undecided`: the run ended without
    anybody knowing how.
    """

    key: str
    run: str
    fence: int
    since: datetime
    host: str
    runner_alive: bool | None
    who: str = ""
    silent_in: float | None = None
    undecided: bool = False


class Lease(Protocol):
    """The lock of one stack, held for one run; `fence` grows with every holder."""

    run: str
    key: str
    fence: int

    def append(self, event: Event) -> int:
        """Write the event durably and return its seq; raises LedgerError where the lock is no longer ours."""

    def release(self) -> None:
        """Give the lock back, once the run has a verdict; calling it twice is harmless."""

    def abandon(self) -> None:
        """Let go of the process's hold without freeing the lock: the run still needs a verdict."""


class Ledger(Protocol):
    """A project's runs and decisions, everybody's locks; durable. Raises LedgerError; without it nothing is deployed.

    Projects that share a ledger never see each other's decisions and lists; a lock is the stack's, whoever takes it,
    and a run is found by its id.
    """

    def acquire(self, key: str, run: str) -> Lease:
        """Take the lock of a stack for a new run; raises LockHeld, naming the holder."""

    def recover(self, run: str) -> Lease:
        """Take over the lock of a run whose runner is gone, with a higher fence; raises LockHeld where it lives."""

    def holder(self, key: str) -> Holder | None:
        """Return who holds a lock, or None where it is free."""

    def target(self) -> Target | None:
        """Return as what it is reached in AWS, where everybody is the same person to all; None on this machine."""

    def describe(self) -> str:
        """Return in a few words whose ledger it is."""

    def events(self, run: str, after: int = 0) -> tuple[Recorded, ...]:
        """Return a run's events with a seq above `after`, in order; empty for an unknown run."""

    def runs(self, wanted: RunFilter, cursor: str | None = None, limit: int = 50) -> RunPage:
        """Return a page of the project's runs, newest first; of a stack's, whatever the project."""

    def append_decision(self, decision: Decision) -> None:
        """Write a person's decision durably."""

    def decisions(self, service: str, stage: str | None = None, commit: str | None = None) -> tuple[Decision, ...]:
        """Return the decisions that concern a service (and a stage, and a commit), oldest first."""

    def standing(self) -> tuple[Decision, ...]:
        """Return every hold, lift and veto of the project in one go, oldest first, for lists: they may lag a moment."""


class LedgerHouse(Protocol):
    """A ledger as a whole. Raises LedgerError."""

    def initialise(self) -> tuple[str, ...]:
        """Make it where it is missing, and bring an older one up to date; return what was done, in words."""

    def policy(self) -> dict[str, Any] | None:
        """Return the IAM policy for whoever promotes or decides; None where no rights are needed."""

    def contents(self) -> Contents:
        """Return all that the ledger holds of the project, and every stack's fence."""

    def take_in(self, more: Contents) -> None:
        """Add what it does not hold yet; raises UsageError where a newer version wrote it."""


@dataclass(frozen=True, slots=True)
class ToolCheck:
    """What `doctor` found: `ok` None means that it is not needed for everything, and missing."""

    name: str
    ok: bool | None
    found: str
    remedy: str = ""


class Tools(Protocol):
    """The programs on this machine that promotions need."""

    def check(self) -> tuple[ToolCheck, ...]:
        """Look for git, node, the Serverless CLI of each service (with its version) and the aws CLI for log-ins."""


class Launcher(Protocol):
    """Starts the process that owns a run."""

    def launch(self, run: str, plan_folder: Path, log: Path, handed: bytes = b"") -> Callable[[], bool]:
        """Start the runner, detached from this terminal, and return a function that tells whether it has ended.

        It reports through the ledger, and writes trouble of its own to `log`. `handed` is secret: it
        goes through a pipe.
        """
