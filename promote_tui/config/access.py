"""How stages reach AWS, as values: for the user that `{user}` stands for, or with why it stands for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import to_seconds
from promote_tui.core.model.pipeline import Aws
from promote_tui.core.model.users import PLACEHOLDER, Unresolved
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.config.schema.block import Aws as AwsBlock
    from promote_tui.config.schema.services import StageExceptions
    from promote_tui.config.schema.stages import PersonalStage
    from promote_tui.core.model.pipeline import Stage


def aws_of(block: AwsBlock) -> Aws:
    """Return how a block of one account reaches AWS."""
    seconds = _session(block.session)
    return Aws(block.region, block.account, block.profile, block.role_arn, block.external_id, seconds, mfa=block.mfa)


def aws_of_stage(stage: PersonalStage, profile: str | None, user: str) -> Aws:
    """Return how a stage reaches AWS, with this profile; `{user}` that is left in it stands for nobody."""
    block = stage.aws
    account = "" if isinstance(block.account, dict) else block.account
    seconds = _session(block.session)
    found = Aws(block.region, account, profile, block.role_arn, block.external_id, seconds, mfa=block.mfa)
    if _is_open(stage.name, found.profile, found.role_arn, found.mfa):
        return replace(found, unresolved=Unresolved())
    if account:
        return found
    where = f"stages.{stage.name}.aws.account"
    return replace(found, unresolved=Unresolved(f"{user} has no account there", f"add {user} to {where}"))


def aws_of_target(own: StageExceptions, stage: Aws) -> Aws:
    """Return how a service reaches AWS in a stage: as the stage does, with its exceptions."""
    found = Aws(
        region=own.region or stage.region,
        account=own.account or stage.account,
        profile=own.profile or stage.profile,
        role_arn=own.role_arn or stage.role_arn,
        external_id=own.external_id or stage.external_id,
        session_seconds=_session(own.session) or stage.session_seconds,
        unresolved=stage.unresolved,
        mfa=own.mfa or stage.mfa,
    )
    return replace(found, unresolved=Unresolved()) if _is_open(own.profile, own.role_arn, own.mfa) else found


def unresolved_notes(stages: Sequence[Stage], user: str) -> Iterator[str]:
    """Yield what has to be known of each stage with a `{user}` that stands for nobody."""
    for stage in stages:
        if (why := stage.aws.unresolved) is not None:
            words = f"{why.cause}; {why.remedy}" if user else f"AWS is asked who {PLACEHOLDER} is; {why.remedy}"
            yield f"stages.{stage.name}: {words}"


def _is_open(*texts: str | None) -> bool:
    return any(PLACEHOLDER in text for text in texts if text)


def _session(given: str | None) -> int:
    return round(to_seconds(given)) if given else 0
