"""The commands of `iam`: policies of a stage, or of previews, as JSON for IAM."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.core.errors import UsageError
from promote_tui.core.iam import policies
from promote_tui.core.iam.kept_values import reading_values
from promote_tui.core.iam.previews import find_preview_scope, reading_preview_values, removing
from promote_tui.core.iam.scope import find_neighbours, find_scope
from promote_tui.core.iam.scp import deny_other_ways
from promote_tui.core.iam.trust import JobTokens, trust_jobs
from promote_tui.core.model.channels import Sns
from promote_tui.core.text import clean, join_words

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.core.iam.scope import StackScope
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.value import Json

_SYNC = "promote-tui-sync"


@dataclass(frozen=True, slots=True)
class StageAccountOptions:
    """Whose policy is printed: a stage's, in one of its accounts."""

    stage: str
    account: str

    def find(self, context: CliContext) -> tuple[Stage, StackScope]:
        """Return the stage and its stacks; raises UsageError."""
        stage = context.engine.governance.stage(self.stage)
        return stage, find_scope(context.engine.pipeline, stage, self.account)


@dataclass(frozen=True, slots=True)
class JobOptions:
    """Which jobs get in, instead of those that the configuration says."""

    branches: tuple[str, ...]
    subjects: tuple[str, ...]
    audience: str
    pull_requests: bool

    @property
    def tokens(self) -> JobTokens:
        """What is asked of their tokens; raises UsageError."""
        if self.pull_requests and (self.branches or self.subjects):
            raise UsageError(
                "--pull-requests", "cannot be combined with --branch or --subject", "leave one of them out"
            )
        return JobTokens(self.audience, self.subjects, self.branches, self.pull_requests)


with_stage = with_values(
    "where",
    StageAccountOptions,
    click.option("--stage", metavar="S", required=True, help="The stage."),
    click.option("--account", default="", metavar="A", help="One of its accounts, where services have their own."),
)
with_deployment_role = click.option(
    "--deployment-role", default="", metavar="ROLE", help="The role that CloudFormation works with."
)


@click.command(cls=Leaf)
@with_stage
@with_deployment_role
@with_context
def people(context: CliContext, *, where: StageAccountOptions, deployment_role: str) -> int:
    """Print what people get in a stage's account.

    That is reading, also what functions log, and promoting; where only sync deploys to the stage, it is reading, and
    what `doctor` needs to prove that.
    """
    stage, scope = where.find(context)
    rights = policies.proving() if stage.only else _promoting(context, stage, scope, deployment_role)
    return _print(context, policies.policy([*policies.reading(), *policies.reading_logs(scope), *rights]))


@click.command(cls=Leaf)
@with_stage
@with_deployment_role
@with_context
def ci(context: CliContext, *, where: StageAccountOptions, deployment_role: str) -> int:
    """Print what the role of CI gets in a stage's account: reading and promoting."""
    stage, scope = where.find(context)
    rights = _promoting(context, stage, scope, deployment_role)
    return _print(context, policies.policy([*policies.reading(), *rights]))


@click.command(cls=Leaf)
@with_stage
@with_context
def review(context: CliContext, *, where: StageAccountOptions) -> int:
    """Print what the role of jobs on pull requests gets.

    That is reading, and making change sets, which it may not execute.
    """
    _, scope = where.find(context)
    return _print(context, policies.policy([*policies.reading(), *policies.reviewing(scope)]))


@click.command(cls=Leaf)
@with_deployment_role
@with_context
def previews(context: CliContext, *, deployment_role: str) -> int:
    """Print what whoever makes and removes previews gets.

    It is for the account of the previews, and for stacks that only previews can have.
    """
    pipeline = context.engine.pipeline
    scope = find_preview_scope(pipeline)
    deploying = policies.promoting(scope, context.engine.deployer.bucket)
    rights = [*deploying, *removing(scope), *policies.passing(scope, deployment_role)]
    values = reading_preview_values(scope, pipeline)
    return _print(context, policies.policy([*policies.reading(), *rights, *values]))


def _promoting(context: CliContext, stage: Stage, scope: StackScope, role: str) -> list[Json]:
    pipeline = context.engine.pipeline
    topics = [each.topic for each in pipeline.notify if isinstance(each, Sns) and "$" not in each.topic]
    rights = [*policies.promoting(scope, context.engine.deployer.bucket), *policies.passing(scope, role)]
    return [*rights, *reading_values(scope, pipeline, stage), *policies.notifying(topics)]


@click.command(cls=Leaf)
@with_stage
@with_values(
    "asked",
    JobOptions,
    click.option("--branch", "branches", multiple=True, metavar="B", help="Jobs of this branch; can be repeated."),
    click.option("--subject", "subjects", multiple=True, metavar="SUB", help="Jobs whose tokens have this subject."),
    click.option("--pull-requests", is_flag=True, help="Jobs on pull requests, for the role that reviews them."),
    click.option("--audience", default="", metavar="AUD", help="Whom the tokens are for; default: sts.amazonaws.com."),
)
@with_context
def trust(context: CliContext, *, where: StageAccountOptions, asked: JobOptions) -> int:
    """Print the trust policy of the role of CI: whose jobs get in.

    By default those of the branches that are deployed to the stage on merge, in the repositories of its services.
    """
    stage, scope = where.find(context)
    sources = context.engine.job_sources(stage.name, scope.account)
    return _print(context, trust_jobs(scope, sources, asked.tokens))


@click.command(cls=Leaf)
@with_stage
@click.option("--role", "roles", multiple=True, metavar="ROLE", help=f"A role that may; default: {_SYNC}.")
@with_context
def scp(context: CliContext, *, where: StageAccountOptions, roles: tuple[str, ...]) -> int:
    """Print the service control policy that leaves a stage no other way than these roles.

    Roles that the policy names can be changed by those roles alone.
    """
    stage, scope = where.find(context)
    neighbours = find_neighbours(context.engine.pipeline, stage, scope.account)
    if neighbours:
        words = f"{scope.account} is also the account of {join_words(neighbours)}, whose functions it covers too"
        context.err.line(clean(words))
    return _print(context, deny_other_ways(scope, roles or (_SYNC,)))


def _print(context: CliContext, document: Json) -> int:
    context.out.lines(json.dumps(document, indent=2).splitlines())
    return 0
