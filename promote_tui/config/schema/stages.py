"""The steps of the pipeline."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag

from promote_tui.config import types as f
from promote_tui.config.schema.block import Aws, Block, kind_of_choice
from promote_tui.config.schema.deploy import Deploy
from promote_tui.config.schema.gates import GateName, Gates
from promote_tui.config.schema.safeguards import Safeguards
from promote_tui.config.schema.stage_access import StageAws, StageName

Branches = Annotated[list[f.Branch], Field(min_length=1)]
OneOrMore = Annotated[Annotated[f.Branch, Tag("~one")] | Annotated[Branches, Tag("~list")], f.either(kind_of_choice)]
OnMerge = Annotated[
    Annotated[f.Branch, Tag("~one")]
    | Annotated[Branches, Tag("~list")]
    | Annotated[dict[f.Name, OneOrMore], Tag("~map")],
    f.either(kind_of_choice),
]


class PersonalStage(Block):
    """A stage of your own, in promote-tui.local.yml."""

    name: StageName = Field(
        description="What people call it; letters, digits, dots, dashes and underscores. {user} is whoever uses it."
    )
    aws: StageAws = Field(description="How it reaches AWS.")
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
    after: StageName | None = Field(
        None, description="The stage where a commit must be verified first; default: the stage above."
    )
    deploy: Deploy | None = Field(None, description="Exceptions to the file's `deploy` in this stage, key by key.")


class Release(Block):
    """How releases of several services go into the stage."""

    parallel: int = Field(3, ge=1, le=20, description="How many services of a wave are promoted at the same time.")
    between_waves: Literal["continue", "ask"] = Field(
        "continue", description="ask: each wave after the first waits for a person's go. continue: it does not."
    )


class Stage(PersonalStage):
    """One step of the pipeline."""

    gates: Gates = Field(default_factory=Gates, description="The conditions of a promotion.")
    safeguards: Safeguards = Field(default_factory=Safeguards, description="What the package is held to.")
    overridable: list[GateName] = Field([], description="Gates that `--override GATE=REASON` may override.")
    bake: f.Duration | None = Field(None, description="How long the alarms must stay OK after a deploy.")
    on_failure: Literal["ask", "rollback", "stop"] = Field("ask", description="What to do after an unproved deploy.")
    release: Release | None = Field(None, description="How releases of several services go into the stage.")
    only: Literal["sync"] | None = Field(
        None, description="sync: the stage takes only what `sync` deploys; a rollback stays possible."
    )
    promote_on: Literal["verified"] | None = Field(
        None,
        description="verified: `sync` promotes by itself what is verified in the stage before and passes the gates.",
    )


class Previews(Block):
    """Stages that are made from branches."""

    branches: list[f.BranchPattern] = Field(
        min_length=1, description="Branches that may have a stage of their own; * matches / too."
    )
    aws: Aws = Field(description="Where they are deployed.")
    base: f.Name | None = Field(
        None, description="The stage whose `deploy` settings and safeguards they have; default: the first one."
    )
    limit: int = Field(10, ge=1, le=500, description="How many previews there may be at the same time.")
    max_age: f.Duration | None = Field(
        None, description="How long after its last deploy a preview is kept before `preview prune` removes it."
    )
