"""The notice of drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.drift.report import KINDS
from promote_tui.core.runs.notices import SIGNS, About, Notice
from promote_tui.core.text import clean, join_words

if TYPE_CHECKING:
    from collections.abc import Collection

    from promote_tui.core.drift.report import DriftKind, StageDrift

_LONGEST = 500


def drift_notice(row: StageDrift, kinds: Collection[DriftKind]) -> Notice | None:
    """Return the notice that a service has drifted in a stage; None where no drift of these kinds is known."""
    found = [kind for kind in KINDS if kind in kinds and row.has_drift(kind)]
    if not found:
        return None
    words = join_words([f"{kind} drift" for kind in found])
    text = clean(f"{SIGNS['drift']} {row.service} {row.stage}: {words}", limit=_LONGEST)
    return Notice("drift", text, About((row.service,), row.stage, reason=words))
