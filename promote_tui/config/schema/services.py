"""What is deployed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block, RemoteChoice
from promote_tui.config.schema.deploy import Deploy
from promote_tui.config.schema.stage_access import StageName, StageRole
from promote_tui.core.durations import to_seconds
from promote_tui.core.model.smoke import Smoke as SmokeTest
from promote_tui.core.model.smoke import SmokeCommand, SmokeRequest


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


class StageExceptions(Block):
    """Where a service differs in one stage."""

    stack: f.StackTemplate | None = Field(None, description="The stack's name there.")
    serverless_stage: f.Name | None = Field(
        None, description="What the CLI gets as --stage; default: the stage's name."
    )
    region: f.Region | None = Field(None, description="Another region.")
    account: f.Account | None = Field(None, description="Another account, in quotes.")
    profile: f.Line | None = Field(None, description="Another profile.")
    role_arn: StageRole | None = Field(None, description="Another role.")
    external_id: f.ExternalId | None = Field(None, description="Another external id.")
    session: f.SessionDuration | None = Field(None, description="How long that role is assumed for.")
    mfa: f.MfaDevice | None = Field(None, description="Another MFA device.")
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
    owner: f.Line | None = Field(None, description="Who owns it: a person as AWS names them, or one of `groups`.")
    depends_on: list[f.Name] = Field([], description="Services to release before this one.")
    smoke: SmokeChoice | None = Field(None, description="A request, or a command (argv list), after a deploy.")
    migrations: list[f.FilePattern] = Field(
        [], description="Files whose changes older code cannot undo, from the repository's root; * matches / too."
    )
    deploy: Deploy = Field(default_factory=Deploy, description="Exceptions to the file's `deploy`, key by key.")
    stages: dict[StageName, StageExceptions] = Field({}, description="Exceptions by stage.")


def smoke_test(wanted: Smoke | list[str] | None) -> SmokeTest | None:
    """Return a service's smoke test."""
    if wanted is None:
        return None
    if isinstance(wanted, list):
        return SmokeCommand(tuple(wanted))
    wait, timeout = to_seconds(wanted.wait), to_seconds(wanted.timeout)
    return SmokeRequest(wanted.url, wanted.status, wanted.body or "", wanted.retries, wait, timeout)
