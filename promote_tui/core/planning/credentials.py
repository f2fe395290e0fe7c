"""Whether credentials last for as long as a deploy usually takes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.durations import span

if TYPE_CHECKING:
    from promote_tui.core.runs.typical_duration import TypicalDuration

MARGIN = 300.0
ASSUMED = 600.0
"""How long a deploy is assumed to take where none is on record."""


def describe_expiry(left: float, usual: TypicalDuration | None, bake: float) -> str:
    """Return why credentials that last `left` seconds more end too soon; empty where they last.

    They have to last for a usual deploy, the stage's bake and a margin.
    """
    deploy = usual.total - usual.steps.get("bake", 0.0) if usual else ASSUMED
    needed = deploy + bake + MARGIN
    if left >= needed:
        return ""
    takes = f"a deploy here usually takes {_words(deploy)}"
    if usual is None:
        takes = f"no deploy here is on record, {_words(deploy)} is assumed"
    spare = " and ".join([*([f"{_words(bake)} of bake"] if bake else []), f"{_words(MARGIN)} to spare"])
    return f"the credentials expire in {_words(left)}; {takes}: with {spare} they must last {_words(needed)}"


def _words(seconds: float) -> str:
    return span(timedelta(seconds=max(0.0, seconds)))
