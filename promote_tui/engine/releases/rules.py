"""Which rules a release goes by: those of its stage in the configuration that rules its members."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError, UsageError

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Stage, Target
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.governance import Governance


def ruling_stage(governance: Governance, release: Release) -> Stage:
    """Return the stage as the committed configuration has it where that gives it gates, else as people see it.

    Raises UsageError where there is no such stage any more.
    """
    for member in release.members:
        with contextlib.suppress(PromoteError, KeyError):  # its turn will say what is wrong with it
            return governance.governing(member.service, release.stage)[2]
    try:
        return governance.stage(release.stage)
    except UsageError:
        raise gone_stage_error(release) from None


def gone_stage_error(release: Release) -> UsageError:
    """Return that the stage of a release is gone: unless it has ended, all that can be done about it is to stop it."""
    can = f"promote-tui release stop {release.name}"
    remedy = can if release.ended is None else "use the configuration that it was planned with"
    return UsageError(f"release {release.name}", f"its stage {release.stage} is gone", remedy)


def has_stage(governance: Governance, release: Release) -> bool:
    """Tell whether the configuration has the stage that a release goes into."""
    return any(stage.name == release.stage for stage in governance.pipeline.stages)


def known_targets(governance: Governance, release: Release) -> tuple[Target, ...]:
    """Return where the members land; one that the configuration does not know any more is left out."""
    known = {service.name: service for service in governance.pipeline.services}
    names = [member.service for member in release.members if member.service in known]
    targets = (target for name in names for target in known[name].targets)
    return tuple(target for target in targets if target.stage == release.stage)
