"""Whether the credentials of a release last until its last wave has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.planning.credentials import describe_expiry
from promote_tui.core.releases.durations import expected_seconds
from promote_tui.core.runs.typical_duration import TypicalDuration
from promote_tui.engine.releases.rules import known_targets, ruling_stage

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.governance import Governance


_APART_SECONDS = 1.5
"""More than the second to which the end of credentials is known."""


def find_expiring(governance: Governance, release: Release) -> str:
    """Return why the credentials of one of the targets are none, or end before the release does; empty otherwise.

    What is left of the release begins now, or at the time that it waits for. Credentials that are made anew for each
    run, such as those of a role that asks for no code, need not last for more than one.
    """
    stage = ruling_stage(governance, release)
    usual = TypicalDuration(expected_seconds(release, stage) + _seconds_until_start(governance, release))
    for target in {target.aws: target for target in known_targets(governance, release)}.values():
        try:
            why = _describe_end(governance, release, target, usual)
        except AwsError as error:
            return f"{target.aws.account}: {error.advice}, then resume"
        if why:
            return f"{target.aws.account}: {why.replace('a deploy here', 'this release')}; log in again, then resume"
    return ""


def _describe_end(governance: Governance, release: Release, target: Target, usual: TypicalDuration) -> str:
    """Return why a target's credentials end too soon; empty where they last, or where the next ones are newer."""
    expires, clock = _expiry(governance, release, target), governance.context.clock
    if expires is None:
        return ""
    bake = ruling_stage(governance, release).rules.bake_seconds
    why = describe_expiry((expires - clock.now()).total_seconds(), usual, bake)
    if why:
        clock.sleep(_APART_SECONDS)
        again = _expiry(governance, release, target)
        return "" if again is None or again > expires else why
    return why


def _seconds_until_start(governance: Governance, release: Release) -> float:
    starts_at = release.confirmed.starts_at if release.confirmed else None
    return max(0.0, (starts_at - governance.context.clock.now()).total_seconds()) if starts_at else 0.0


def _expiry(governance: Governance, release: Release, target: Target) -> datetime | None:
    context = governance.context
    folder = context.folders.make(context.folders.release(release.name)) / "aws"
    with context.accounts.lend(target, folder) as credentials:
        return credentials.expires_at
