"""Who `{user}` in stages stands for, where AWS has to be asked, and what is said where it cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.aws_user import user_of
from promote_tui.core.errors import AwsError
from promote_tui.core.model.pipeline import Aws, Target
from promote_tui.core.model.users import PLACEHOLDER, Unresolved
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.ports import Accounts

_HELP = Unresolved().remedy


def find_user(accounts: Accounts, pipeline: Pipeline) -> str | Unresolved:
    """Return who we are by the profile of the first stage that wants to know it, or why that cannot be told."""
    aws = next((aws for stage in pipeline.stages if (aws := _asked(stage.aws)) is not None), None)
    if aws is None:
        cause = f"{PLACEHOLDER} stands for nobody here, and AWS cannot be asked with a profile that has it in its name"
        return Unresolved(cause)
    try:
        identity = accounts.identity(Target("", "", "", "", aws))
    except AwsError as error:
        cause = f"{PLACEHOLDER} stands for nobody here, and AWS cannot be asked who you are: {error.cause}"
        return Unresolved(cause, f"{error.remedy}; or {_HELP}")
    found = user_of(identity.arn, pipeline.trusted_roles)
    return found or Unresolved(f"{PLACEHOLDER} cannot stand for {identity.arn}, which may be several people")


def _asked(aws: Aws) -> Aws | None:
    """Return with what a stage's identity can be asked, without the role that may be the user's."""
    is_asking = aws.unresolved is not None and PLACEHOLDER not in (aws.profile or "")
    return Aws(aws.region, aws.account, aws.profile) if is_asking else None


def explain_unresolved(pipeline: Pipeline, why: Unresolved) -> Pipeline:
    """Return the configuration with this as the reason wherever `{user}` stands for nobody."""
    stages = tuple(replace(stage, aws=_explained(stage.aws, why)) for stage in pipeline.stages)
    services = tuple(
        replace(each, targets=tuple(replace(target, aws=_explained(target.aws, why)) for target in each.targets))
        for each in pipeline.services
    )
    return replace(pipeline, stages=stages, services=services)


def _explained(aws: Aws, why: Unresolved) -> Aws:
    return replace(aws, unresolved=why) if aws.unresolved else aws
