"""What the configuration describes: stages, services, where each lands, and the commits that git knows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core import wildcard
from promote_tui.core.errors import UsageError
from promote_tui.core.model.channels import Channel
from promote_tui.core.model.ci import CiSettings
from promote_tui.core.model.deploy_values import NamedValues, Reference, fill_value, without_kept
from promote_tui.core.model.organization import AccountRules
from promote_tui.core.model.placeholders import fill_placeholders
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.model.smoke import Smoke
from promote_tui.core.model.team_rules import NONE, Rules
from promote_tui.core.model.tickets import Tickets
from promote_tui.core.model.users import Unresolved
from promote_tui.core.text import short
from promote_tui.core.value import Moment, Value, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

Confirm: TypeAlias = Literal["none", "ask", "type"]
SameArtifact: TypeAlias = Literal["warn", "require"]
"""Whether a stage only says so where the artifact differs, or stays closed."""
Only: TypeAlias = Literal["sync"]
PromoteOn: TypeAlias = Literal["verified"]


class Aws(Value):
    """How a stage reaches AWS; `account` is twelve digits and is checked, never assumed.

    A role is assumed with `external_id` where its trust policy wants one, for `session_seconds` (0: an hour), after a
    code of the device `mfa` where one is named.
    `unresolved` says why `{user}` in it stands for nobody; AWS is not asked then, and `account` may be empty.
    """

    region: str
    account: str
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    session_seconds: int = 0
    unresolved: Unresolved | None = None
    mfa: str | None = None


class ReleaseSettings(Value):
    """How releases go into a stage: how many services at the same time, and whether each wave waits for a go."""

    parallel: int = 3
    between_waves: Literal["continue", "ask"] = "continue"


class Stage(Value):
    """One step of the pipeline; `after` names the stage that a commit must be verified in first.

    `deploy_on_merge` are branches whose tip belongs here: the first of them that a service's repository has.
    `merged_for` has them for services with others: (service, branches), and nothing for who is not in it. `only` names
    the one way in, besides a rollback. With `promote_on`, `sync` promotes by itself what is verified before it.
    """

    name: str
    aws: Aws
    branches: tuple[str, ...] = ("*",)
    deploy_on_merge: tuple[str, ...] = ()
    confirm: Confirm = "ask"
    after: str | None = None
    same_artifact: SameArtifact = "warn"
    rules: Rules = NONE
    merged_for: tuple[tuple[str, tuple[str, ...]], ...] = ()
    release: ReleaseSettings = ReleaseSettings()
    only: Only | None = None
    promote_on: PromoteOn | None = None

    def branches_on_merge(self, service: str) -> tuple[str, ...]:
        """Return the branches whose tip belongs here, of a service; the first one that its repository has counts."""
        return next((branches for name, branches in self.merged_for if name == service), self.deploy_on_merge)


class Target(Value):
    """Where a service of a stage lands; `serverless_stage` is what the CLI gets as `--stage`.

    `preview` is the branch that the stage is a preview of, empty for a stage of the configuration.
    """

    service: str
    stage: str
    stack: str
    serverless_stage: str
    aws: Aws
    preview: str = ""

    @property
    def key(self) -> str:
        """What a lock is taken on: account, region and stack name."""
        return f"{self.aws.account}/{self.aws.region}/{self.stack}"

    def __str__(self) -> str:
        """Return `service/stage`, as messages name it."""
        return f"{self.service}/{self.stage}"


class StackOutput(Value):
    """The commit is the value of this stack output, or of one of `others`; a `*` in a name matches any characters."""

    name: str = "DeployedCommit"
    others: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All the names, in the order in which they are asked."""
        return (self.name, *self.others)


class StackTag(Value):
    """The commit is the value of this stack tag."""

    name: str


CommitSource: TypeAlias = StackOutput | StackTag


class DeploySettings(Value):
    """How the deployer is prepared and called; times are seconds.

    `install` is `auto`, `never`, or a command as an argv tuple. `env` holds the (name, value) pairs of the child's
    environment, `params` those that the deployer gets as its parameters. `args` go to a
    deploy, `package_args` to packaging (None: the same, as far as packaging knows them).
    """

    command: tuple[str, ...] = ()
    install: str | tuple[str, ...] = "auto"
    before: tuple[tuple[str, ...], ...] = ()
    args: tuple[str, ...] = ()
    package_args: tuple[str, ...] | None = None
    env: NamedValues = ()
    params: NamedValues = ()
    pass_env: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    idle_seconds: float = 600.0
    total_seconds: float = 3600.0

    def fill(self, values: Mapping[str, str]) -> DeploySettings:
        """Return the settings with their placeholders filled in (`{stage}` and the like: `core.model.placeholders`)."""

        def words(some: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(fill_placeholders(word, values) for word in some)

        return replace(
            self,
            command=words(self.command),
            install=self.install if isinstance(self.install, str) else words(self.install),
            before=tuple(words(argv) for argv in self.before),
            args=words(self.args),
            package_args=None if self.package_args is None else words(self.package_args),
            env=tuple((name, fill_value(value, values)) for name, value in self.env),
            params=tuple((name, fill_value(value, values)) for name, value in self.params),
            files=words(self.files),
        )

    @property
    def references(self) -> tuple[Reference, ...]:
        """The values that have to be read from AWS, each once."""
        values = (value for _, value in (*self.env, *self.params))
        return tuple(dict.fromkeys(value for value in values if isinstance(value, Reference)))


class Service(Value):
    """A deployable: a folder with a configuration of the deployer in a repository.

    `file` is another name of that file, empty for the CLI's own. `deploy` holds for all stages but those that
    `stage_deploys` names: `at` gives a stage's settings, with their placeholders replaced.

    `repo` is an absolute path or a URL; `path` and `shared` are relative to the repository's root, and so are the
    paths that `migrations` are patterns of: files whose change cannot be taken back by deploying older code.
    `remote` names whose branches count, the first of them that the repository has; empty for the usual one.
    `owner` is a person or one of the groups; empty where nobody is named.
    """

    name: str
    repo: str
    path: str
    shared: tuple[str, ...]
    commit_source: CommitSource
    deploy: DeploySettings
    targets: tuple[Target, ...]
    depends_on: tuple[str, ...] = ()
    smoke: Smoke | None = None
    migrations: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    file: str = ""
    stage_deploys: tuple[tuple[str, DeploySettings], ...] = ()
    owner: str = ""

    def at(self, stage: str) -> Service:
        """Return the service as it is deployed to a stage: its `deploy` is that stage's, ready to be used."""
        region = next((target.aws.region for target in self.targets if target.stage == stage), None)
        values = {"stage": stage, "service": self.name} | ({"region": region} if region else {})
        settings = dict(self.stage_deploys).get(stage, self.deploy)
        return replace(self, deploy=settings.fill(values), stage_deploys=())

    def without_kept_values(self) -> Service:
        """Return the service without the values that AWS keeps, for commands that are not part of a deploy."""
        settings = self.deploy
        kept = replace(settings, env=without_kept(settings.env), params=without_kept(settings.params))
        return replace(self, deploy=kept)

    @property
    def paths(self) -> tuple[str, ...]:
        """The folders whose commits are this service's commits."""
        return (self.path, *self.shared)

    def target(self, stage: str) -> Target:
        """Return where this service lands in `stage`; raises KeyError."""
        for target in self.targets:
            if target.stage == stage:
                return target
        raise KeyError(stage)


class PreviewSettings(Value):
    """Which branches may have a preview, where it is deployed, how many there may be and for how long.

    `base` is the stage whose settings of the deployer they are deployed with, `stacks` the names of the services'
    stacks, with `{stage}` for the preview's name. `max_age` is seconds (0: no limit).
    """

    branches: tuple[str, ...]
    aws: Aws
    base: str
    stacks: tuple[tuple[str, str], ...]
    limit: int = 10
    max_age: float = 0.0

    def allows(self, branch: str) -> bool:
        """Tell whether a branch may have a preview."""
        return any(wildcard.matches(pattern, branch) for pattern in self.branches)


class SavedView(Value):
    """A filter of the matrix under a name, and what its services are grouped by (empty: nothing)."""

    name: str
    filter: str = ""
    group_by: Literal["", "owner"] = ""


class Pipeline(Value):
    """What the config file describes; stages in the order of promotion.

    `digest` is the SHA-256 of the configuration that this was read from, `notes` are settings that
    are valid but not acted on by this version, and differences from the compose file of the repository `composed`
    (empty: there is none). `trusted_roles` are roles whose session names are people. `policy` is
    where the rules of stages with gates are read from (None: that was not looked into). `groups` are (name, people).
    `views` are how people like to look at the matrix. `account_rules` say which accounts stages are expected in.
    `user` is who `{user}` in stages stands for (empty: nobody).
    `previews` says which branches may have a stage of their own.
    """

    project: str
    stages: tuple[Stage, ...]
    services: tuple[Service, ...]
    digest: str
    path: str
    read_only: bool = False
    notes: tuple[str, ...] = ()
    tickets: Tickets | None = None
    trusted_roles: tuple[str, ...] = ()
    policy: PolicyOrigin | None = None
    notify: tuple[Channel, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    views: tuple[SavedView, ...] = ()
    ci: CiSettings = field(default_factory=CiSettings)
    account_rules: AccountRules = AccountRules()
    user: str = ""
    composed: str = ""
    previews: PreviewSettings | None = None

    @property
    def needs_user(self) -> bool:
        """Whether a stage has a `{user}` that stands for nobody."""
        return not self.user and any(stage.aws.unresolved for stage in self.stages)

    def stage(self, name: str) -> Stage:
        """Return the stage of that name; raises KeyError."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(name)

    def service(self, name: str) -> Service:
        """Return the service of that name; raises KeyError."""
        for service in self.services:
            if service.name == name:
                return service
        raise KeyError(name)

    def saved_view(self, name: str) -> SavedView:
        """Return the view of that name; raises UsageError."""
        for view in self.views:
            if view.name == name:
                return view
        known = ", ".join(view.name for view in self.views)
        remedy = f"one of: {known}" if known else "add one under `views` in the configuration"
        raise UsageError(f"--view {name}", "there is no such view", remedy)

    def owners(self, service: Service) -> tuple[str, ...]:
        """Return who owns a service by any name: the person, or the group and the people in it; empty for nobody."""
        return (service.owner, *dict(self.groups).get(service.owner, ())) if service.owner else ()

    def before(self, stage: Stage) -> Stage | None:
        """Return the stage that a commit comes from, or None for the first one."""
        return self.stage(stage.after) if stage.after else None


class Commit(Value):
    """A commit as people know it; `parents` are full hashes, `authored_at` is aware and in UTC."""

    sha: str
    subject: str
    author: str
    authored_at: Moment
    parents: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The hash as people know it."""
        return short(self.sha)


class Branch(Value):
    """A branch by the name people say (`main`, not `origin/main`) and its tip."""

    name: str
    tip: Commit


class FileChange(Value):
    """A changed path; `status` is git's letter: A, M, D, R, T."""

    status: str
    path: str
