"""Every gate, in the order in which results are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates import (
    ci,
    commit,
    opening_times,
    package,
    policy,
    provenance,
    safeguards,
    sign_off,
    started_by,
    stops,
    target,
    way_back,
)

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import Gate

GATES: tuple[Gate, ...] = (
    *provenance.GATES,
    *target.GATES,
    *package.GATES,
    *safeguards.GATES,
    *way_back.GATES,
    *policy.GATES,
    *started_by.GATES,
    *stops.GATES,
    *opening_times.GATES,
    *commit.GATES,
    *sign_off.GATES,
    *ci.GATES,
)
