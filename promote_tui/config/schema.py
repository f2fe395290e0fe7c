"""The configuration file's keys, each described; the descriptions become the JSON Schema for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Tag, model_validator
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from promote_tui.config import types as f

if TYPE_CHECKING:
    from pydantic_core import core_schema

GateName = Literal["soak", "approvals", "checks", "checklist", "freeze", "alarms", "same_artifact", "signed", "pushed"]


class Block(BaseModel):
    """A mapping without unknown keys, whose values are not converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Aws(Block):
    """How a stage reaches AWS."""

    region: f.Region = Field(description="The region of the stacks, such as eu-west-1.")
    account: f.Account = Field(description="The account, twelve digits in quotes; checked before every deploy.")
    profile: f.Line | None = Field(None, description="A profile of your AWS configuration; without it, the default.")
    role_arn: f.RoleArn | None = Field(None, description="A role of the same account that is assumed with the profile.")


class Approvals(Block):
    """Who must approve."""

    count: int = Field(1, ge=1, description="How many people; the promoter does not count.")
    by: list[f.Line] | None = Field(None, min_length=1, description="Groups (see `groups`) whose approvals count.")


class Weekly(Block):
    """A time in every week in which nothing is promoted."""

    from_: f.WeekTime = Field(alias="from", description='When it begins, such as "fri 16:00".')
    to: f.WeekTime = Field(description='When it ends, such as "mon 09:00".')
    timezone: f.Zone = Field(description="The time zone of both, such as Europe/Berlin.")
    reason: f.Line | None = Field(None, description="The reason that people are shown.")

    @model_validator(mode="after")
    def _moves(self) -> Weekly:
        if self.from_ == self.to:
            raise f.value_error("begins when it ends; let `to` be another time than `from`")
        return self


class Dates(Block):
    """Days of the calendar on which nothing is promoted."""

    start: f.Date = Field(description="The first day, such as 2026-12-20.")
    end: f.Date = Field(description="The last day, included.")
    timezone: f.Zone = Field(description="The time zone in which the days begin and end.")
    reason: f.Line | None = Field(None, description="The reason that people are shown.")

    @model_validator(mode="after")
    def _ordered(self) -> Dates:
        if self.end < self.start:
            raise f.value_error(f"ends on {self.end}, before it starts on {self.start}; exchange them")
        return self


ApprovalsChoice = Annotated[
    Annotated[int, Field(ge=1), Tag("~count")] | Annotated[Approvals, Tag("~people")],
    f.either(lambda value: "~people" if isinstance(value, dict | Approvals) else "~count"),
]
Freeze = Annotated[
    Annotated[Dates, Tag("~dates")] | Annotated[Weekly, Tag("~weekly")],
    f.either(
        lambda value: (
            "~dates"
            if isinstance(value, Dates) or (isinstance(value, dict) and {"start", "end"} & value.keys())
            else "~weekly"
        )
    ),
]


class Gates(Block):
    """The conditions of a promotion to the stage."""

    soak: f.Duration | None = Field(None, description="How long it must have been verified in the stage before.")
    approvals: ApprovalsChoice | None = Field(None, description="Approvals by people other than the promoter.")
    checks: list[f.Argv] | None = Field(
        None, min_length=1, description="Commands (argv lists) that must pass on the commit."
    )
    checklist: list[f.Line] | None = Field(None, min_length=1, description="Items that people tick off.")
    freeze: list[Freeze] | None = Field(None, min_length=1, description="When nothing is promoted.")
    alarms: list[f.Line] | None = Field(
        None, min_length=1, description="CloudWatch alarms that must be OK before a deploy, and during `bake` after it."
    )
    signed: bool = Field(default=False, description="Whether the commit must be signed by a key that git trusts.")
    pushed: bool = Field(
        default=False, description="Whether the commit must be on a branch of the repository's remote."
    )
    same_artifact: Literal["warn", "require"] = Field(
        "warn", description="warn or block when the code differs from what was verified in the stage before."
    )


def _several(value: object) -> str:
    return "~map" if isinstance(value, dict) else "~list" if isinstance(value, list) else "~one"


Branches = Annotated[list[f.Branch], Field(min_length=1)]
OneOrMore = Annotated[Annotated[f.Branch, Tag("~one")] | Annotated[Branches, Tag("~list")], f.either(_several)]
OnMerge = Annotated[
    Annotated[f.Branch, Tag("~one")]
    | Annotated[Branches, Tag("~list")]
    | Annotated[dict[f.Name, OneOrMore], Tag("~map")],
    f.either(_several),
]
RemoteChoice = Annotated[
    Annotated[f.RemoteName, Tag("~one")] | Annotated[Annotated[list[f.RemoteName], Field(min_length=1)], Tag("~list")],
    f.either(_several),
]


class Timeout(Block):
    """When the Serverless CLI is stopped."""

    idle: f.Duration = Field("10m", description="Without any output while the stack is not being updated.")
    total: f.Duration = Field("60m", description="In all.")


Install = Annotated[
    Annotated[Literal["auto", "never"], Tag("~word")] | Annotated[f.DeployArgv, Tag("~command")],
    f.either(lambda value: "~command" if isinstance(value, list) else "~word"),
]


class Arguments(Block):
    """Arguments for each of the CLI's commands."""

    package: f.Args = Field([], description="Appended to package.")
    deploy: f.Args = Field([], description="Appended to deploy.")


ArgsChoice = Annotated[
    Annotated[f.Args, Tag("~both")] | Annotated[Arguments, Tag("~each")],
    f.either(lambda value: "~each" if isinstance(value, dict | Arguments) else "~both"),
]


class Deploy(Block):
    """How the Serverless CLI is prepared and called; {stage}, {service}, {region} and {user} are replaced."""

    command: f.DeployArgv = Field(
        ["serverless"], description="The CLI as an argv list: serverless, sls, osls, [npx, serverless] or a wrapper."
    )
    install: Install = Field(
        "auto", description="auto: with the nearest lockfile's package manager; never; or a command as an argv list."
    )
    before: list[f.DeployArgv] = Field([], description="Commands (argv lists) in the checkout before packaging.")
    args: ArgsChoice = Field(
        [], description="Arguments appended to package and deploy; or {package: [...], deploy: [...]}."
    )
    env: dict[f.Variable, f.Template] = Field(
        {}, description="Environment of the CLI; ${VAR} is read from your environment. Masked in logs."
    )
    pass_env: list[f.Variable] = Field([], description="Names of your environment variables that the CLI gets.")
    files: list[f.File] = Field(
        [],
        description='Files copied from your folder into the checkout: untracked ones, such as ".env.{stage}".',
    )
    timeout: Timeout = Field(default_factory=Timeout, description="When the CLI is stopped.")


class PersonalStage(Block):
    """A stage of your own, in promote-tui.local.yml."""

    name: f.Name = Field(description="What people call it; letters, digits, dots, dashes and underscores.")
    aws: Aws = Field(description="How it reaches AWS.")
    branches: list[f.BranchPattern] = Field(
        ["*"], min_length=1, description="Branches whose commits may be deployed here; * matches / too."
    )
    deploy_on_merge: OnMerge | None = Field(
        None,
        description="The branch whose tip is proposed; a list: the first that the repository has; a map: by service.",
    )
    confirm: Literal["none", "ask", "type"] = Field(
        "ask", description="How a promotion is confirmed: not at all, by a dialog, or by typing `SERVICE STAGE`."
    )
    after: f.Name | None = Field(
        None, description="The stage where a commit must be verified first; default: the stage above."
    )
    deploy: Deploy | None = Field(None, description="Exceptions to the file's `deploy` in this stage, key by key.")


class Stage(PersonalStage):
    """One step of the pipeline."""

    gates: Gates = Field(default_factory=Gates, description="The conditions of a promotion.")
    overridable: list[GateName] = Field([], description="Gates that `--override GATE=REASON` may override.")
    bake: f.Duration | None = Field(None, description="How long the alarms must stay OK after a deploy.")
    on_failure: Literal["ask", "rollback", "stop"] = Field("ask", description="What to do after an unproved deploy.")


class Previews(Block):
    """A separate stage per branch."""

    branches: list[f.BranchPattern] = Field(min_length=1, description="Branches that get a stage; * matches / too.")
    aws: Aws = Field(description="Where they are deployed.")


class Smoke(Block):
    """A request that shows whether the service works."""

    url: f.HealthUrl = Field(description="The URL to request; {output.NAME} is a stack output.")
    status: int = Field(200, ge=100, le=599, description="The expected HTTP status.")
    body: f.Line | None = Field(None, description="A text that the answer's body must contain.")
    retries: int = Field(5, ge=0, le=100, description="How often the request is retried.")
    wait: f.Duration = Field("5s", description="How long to wait between two tries.")
    timeout: f.Duration = Field("10s", description="How long one try may take.")


class CommitTag(Block):
    """A stack tag that holds the deployed commit."""

    tag: f.TagName = Field(description="The key of the tag.")


class Override(Block):
    """Where a service differs in one stage."""

    stack: f.StackTemplate | None = Field(None, description="The stack's name there.")
    serverless_stage: f.Name | None = Field(
        None, description="What the CLI gets as --stage; default: the stage's name."
    )
    region: f.Region | None = Field(None, description="Another region.")
    account: f.Account | None = Field(None, description="Another account, in quotes.")
    profile: f.Line | None = Field(None, description="Another profile.")
    role_arn: f.RoleArn | None = Field(None, description="Another role.")
    deploy: Deploy | None = Field(None, description="Exceptions to the service's `deploy` there, key by key.")


OutputChoice = Annotated[
    Annotated[f.OutputName, Tag("~output")]
    | Annotated[list[f.OutputName], Field(min_length=1), Tag("~outputs")]
    | Annotated[CommitTag, Tag("~tag")],
    f.either(
        lambda value: (
            "~tag" if isinstance(value, dict | CommitTag) else "~outputs" if isinstance(value, list) else "~output"
        )
    ),
]
SmokeChoice = Annotated[
    Annotated[Smoke, Tag("~request")] | Annotated[f.Argv, Tag("~command")],
    f.either(lambda value: "~command" if isinstance(value, list) else "~request"),
]


class Service(Block):
    """Something that is deployed: a folder with a serverless.yml in a repository."""

    name: f.Name = Field(description="What people call it; letters, digits, dots, dashes and underscores.")
    repo: f.Repo = Field(".", description="A path, relative to this file, or a URL, which is mirrored.")
    path: f.Folder = Field(".", description="The folder with serverless.yml, from the repository's root.")
    remote: RemoteChoice | None = Field(
        None, description="The team's remote in this repository; a list: the first that exists. Default: the file's."
    )
    file: f.ConfigurationFile | None = Field(
        None, description="Another configuration file in that folder, such as serverless.worker.yml."
    )
    shared: list[f.Folder] = Field([], description="Other paths whose commits count as this service's commits.")
    stack: f.StackTemplate = Field("{service}-{stage}", description="The stack's name.")
    output: OutputChoice = Field(
        "DeployedCommit",
        description="What holds the deployed commit: an output, a pattern of one, a list of those, or {tag: KEY}.",
    )
    depends_on: list[f.Name] = Field([], description="Services to release before this one.")
    smoke: SmokeChoice | None = Field(None, description="A request, or a command (argv list), after a deploy.")
    migrations: list[f.FilePattern] = Field(
        [], description="Files whose changes older code cannot undo, from the repository's root; * matches / too."
    )
    deploy: Deploy = Field(default_factory=Deploy, description="Exceptions to the file's `deploy`, key by key.")
    stages: dict[f.Name, Override] = Field({}, description="Exceptions by stage.")


class Ledger(Block):
    """Where runs and locks are kept."""

    kind: Literal["sqlite", "dynamodb"] = Field("sqlite", description="sqlite: on this machine. dynamodb: a team's.")
    single_machine: bool = Field(
        default=False,
        description="sqlite: says that everybody promotes on this one machine, which approvals require.",
    )
    table: f.Table | None = Field(None, description="dynamodb: the table's name.")
    aws: Aws | None = Field(None, description="dynamodb: where the table is.")


class _Heard(Block):
    events: list[Literal["started", "succeeded", "failed", "approval_wanted"]] | None = Field(
        None, min_length=1, description="Events to notify of; default: all (a bell rings only when a run ends)."
    )


class Slack(_Heard):
    """A Slack-compatible webhook."""

    slack: f.Webhook = Field(description="Its URL, best as ${VAR}.")


class Sns(_Heard):
    """An SNS topic."""

    sns: f.Topic = Field(description="Its ARN.")


class Bell(_Heard):
    """The bell of the terminal that watches a run."""

    bell: Literal[True] = Field(description="Rings it.")


def _channel(value: object) -> str:
    if isinstance(value, dict):
        return next((f"~{kind}" for kind in ("sns", "bell") if kind in value), "~slack")
    return "~sns" if isinstance(value, Sns) else "~bell" if isinstance(value, Bell) else "~slack"


Notify = Annotated[
    Annotated[Slack, Tag("~slack")] | Annotated[Sns, Tag("~sns")] | Annotated[Bell, Tag("~bell")], f.either(_channel)
]
Keys = dict[f.Line, f.Line]


class Tickets(Block):
    """The tickets that commits name."""

    pattern: f.TicketPattern = Field(description="A regular expression for ticket ids; it is searched within words.")
    url: f.TicketUrl | None = Field(None, description="The address of a ticket; {id} stands for its id.")


class File(Block):
    """promote-tui.yml."""

    version: Literal[1] = Field(description="The version of this format.")
    project: f.Name = Field(description="A name for all the services together.")
    stages: list[Stage] = Field(min_length=2, description="The stages in the order of promotion.")
    previews: Previews | None = Field(None, description="A separate stage per branch; no effect yet.")
    services: list[Service] = Field(min_length=1, description="What is deployed.")
    remote: RemoteChoice | None = Field(
        None,
        description="The remote whose branches are the team's; a list: the first that the clone has. Default: origin.",
    )
    deploy: Deploy = Field(default_factory=Deploy, description="How the Serverless CLI is called, for all services.")
    groups: dict[f.Name, list[f.Line]] = Field({}, description="People by group, as AWS names them, for approvals.")
    trusted_roles: list[f.Name] = Field(
        [], description="Roles whose session names are people's names; others count as one person each."
    )
    policy: Literal["remote", "local"] = Field(
        "remote",
        description="Stages with gates use this file as committed on its remote's default branch, or the local file.",
    )
    ledger: Ledger = Field(default_factory=lambda: Ledger(kind="sqlite"), description="Where runs and locks are kept.")
    notify: list[Notify] = Field([], description="Who is notified of runs.")
    tickets: Tickets | None = Field(None, description="The tickets that commits name, for release notes.")
    refresh: f.Duration = Field("60s", description="How often the terminal UI reads the stages again.")
    theme: f.Line | None = Field(None, description="The theme of the terminal UI.")
    keys: Keys = Field({}, description="Other keys for the terminal UI: the action's name and its keys.")


class LocalFile(Block):
    """promote-tui.local.yml."""

    profiles: dict[f.Name, f.Line] = Field({}, description="Your AWS profiles by stage.")
    user: f.Line | None = Field(None, description="What the screen calls you; never an identity.")
    stages: list[PersonalStage] = Field([], description="Stages of your own, after the shared ones.")
    keys: Keys = Field({}, description="Your keys, in addition to the shared file's.")
    theme: f.Line | None = Field(None, description="Your theme.")


class _Plain(GenerateJsonSchema):
    """No titles for fields, and no null: an empty value is a mistake in the file."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's hook
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        found = super().dict_schema(schema)
        return {**found, "additionalProperties": False} if "patternProperties" in found else found

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        if schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)


def json_schema(model: type[Block] = File) -> dict[str, Any]:
    """Return the JSON Schema of the file, for editors."""
    schema = model.model_json_schema(schema_generator=_Plain)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}
