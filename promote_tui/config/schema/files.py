"""The two files: the shared one and the one of your own."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from promote_tui.config import types as f
from promote_tui.config.schema.block import Aws, Block, RemoteChoice
from promote_tui.config.schema.ci import Ci
from promote_tui.config.schema.compose import ComposeChoice
from promote_tui.config.schema.deploy import Deploy
from promote_tui.config.schema.notify import Notify
from promote_tui.config.schema.organization import Organization
from promote_tui.config.schema.safeguards import Safeguards
from promote_tui.config.schema.services import Service
from promote_tui.config.schema.stage_access import StageName
from promote_tui.config.schema.stages import PersonalStage, Previews, Stage

Keys = dict[f.Line, f.Line]


class Ledger(Block):
    """Where runs and locks are kept."""

    kind: Literal["sqlite", "dynamodb"] = Field("sqlite", description="sqlite: on this machine. dynamodb: a team's.")
    single_machine: bool = Field(
        default=False,
        description="sqlite: says that everybody promotes on this one machine, which approvals require.",
    )
    table: f.Table | None = Field(None, description="dynamodb: the table's name.")
    aws: Aws | None = Field(None, description="dynamodb: where the table is.")


class Tickets(Block):
    """The tickets that commits name."""

    pattern: f.TicketPattern = Field(description="A regular expression for ticket ids; it is searched within words.")
    url: f.TicketUrl | None = Field(None, description="The address of a ticket; {id} stands for its id.")


class SavedView(Block):
    """A filter of the matrix under a name."""

    name: f.Name = Field(description="What it is called; `--view NAME` and the palette show it.")
    filter: f.Line | None = Field(None, description="What a filter of the matrix takes, such as stage:prod mine.")
    group_by: Literal["owner"] | None = Field(None, description="What the services are grouped by.")


class File(Block):
    """promote-tui.yml."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["services"]}, {"required": ["compose"]}]})

    version: Literal[1] = Field(description="The version of this format.")
    project: f.Name = Field(description="A name for all the services together.")
    stages: list[Stage] = Field(min_length=2, description="The stages in the order of promotion.")
    previews: Previews | None = Field(None, description="Stages that `preview up` makes from branches.")
    services: list[Service] = Field([], min_length=1, description="What is deployed; required without `compose`.")
    compose: ComposeChoice | None = Field(
        None, description="A folder with a serverless-compose.yml, whose services are deployed; or a block."
    )
    remote: RemoteChoice | None = Field(
        None,
        description="The remote whose branches are the team's; a list: the first that the clone has. Default: origin.",
    )
    deploy: Deploy = Field(default_factory=Deploy, description="How the Serverless CLI is called, for all services.")
    groups: dict[f.Name, list[f.Line]] = Field(
        {}, description="People by group, as AWS names them: for approvals and owners."
    )
    trusted_roles: list[f.Name] = Field(
        [], description="Roles whose session names are people's names; others count as one person each."
    )
    policy: Literal["remote", "local"] = Field(
        "remote",
        description="Stages with gates use this file as committed on its remote's default branch, or the local file.",
    )
    ledger: Ledger = Field(default_factory=lambda: Ledger(kind="sqlite"), description="Where runs and locks are kept.")
    notify: list[Notify] = Field([], description="Who is notified of runs.")
    ci: Ci | None = Field(None, description="Where the builds that the gate `ci` asks for are read.")
    organization: Organization | None = Field(
        None, description="The AWS organization that `accounts` compares the stages with."
    )
    tickets: Tickets | None = Field(None, description="The tickets that commits name, for release notes.")
    safeguards: Safeguards = Field(
        default_factory=Safeguards, description="What packages are held to in every stage that does not say otherwise."
    )
    refresh: f.Duration = Field("60s", description="How often the terminal UI reads the stages again.")
    theme: f.Line | None = Field(None, description="The theme of the terminal UI.")
    keys: Keys = Field({}, description="Other keys for the terminal UI: the action's name and its keys.")
    views: list[SavedView] = Field([], description="Saved views of the matrix, for all.")


class LocalFile(Block):
    """promote-tui.local.yml."""

    profiles: dict[StageName, f.Line] = Field({}, description="Your AWS profiles by stage.")
    user: f.Line | None = Field(None, description="What the screen calls you, and who {user} is; never an identity.")
    stages: list[PersonalStage] = Field([], description="Stages of your own, after the shared ones.")
    keys: Keys = Field({}, description="Your keys, in addition to the shared file's.")
    theme: f.Line | None = Field(None, description="Your theme.")
    views: list[SavedView] = Field([], description="Your own views; one replaces the shared one of its name.")
