"""Whether the credentials of a release last until its last wave has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.planning.credentials import describe_expiry
from promote_tui.core.releases.durations import expected_seconds
from promote_tui.core.runs.typical_duration import TypicalDuration

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.governance import Governance


def find_expiring(governance: Governance, release: Release) -> str:
    """Return why the credentials of one of the targets end before the release does; empty where all of them last.

    Raises CredentialsError, AwsError where they cannot be had at all.
    """
    context, stage = governance.context, governance.stage(release.stage)
    seconds = expected_seconds(release, stage)
    for target in _targets(governance, release):
        folder = context.folders.make(context.folders.release(release.name)) / "aws"
        with context.accounts.lend(target, folder) as credentials:
            expires = credentials.expires_at
        if expires is None:
            continue
        left = (expires - context.clock.now()).total_seconds()
        why = describe_expiry(left, TypicalDuration(seconds), stage.rules.bake_seconds)
        if why:
            return f"{target.aws.account}: {why.replace('a deploy here', 'this release')}; log in again, then resume"
    return ""


def _targets(governance: Governance, release: Release) -> tuple[Target, ...]:
    """Return one target for each way into an account."""
    found = {}
    for member in release.members:
        target = governance.service(member.service).target(release.stage)
        found[target.aws] = target
    return tuple(found.values())
