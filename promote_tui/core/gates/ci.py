"""The gate of a commit's builds: what the host of the repository says about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.gate import FORWARD, TeamGate
from promote_tui.core.text import short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from promote_tui.core.gates.gate import Gate, GateContext
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.ci import CiState, CiStatus

_WORDS: dict[CiState, str] = {"failed": "failed", "pending": "is not over yet", "skipped": "was skipped"}
_WORST: tuple[CiState, ...] = ("failed", "unknown", "skipped", "pending", "success")
"""Of several builds of one name the first of these counts."""


class CiGate(TeamGate):
    """Each named build of the commit has succeeded, as the repository's host says."""

    name = "ci"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return which builds have not succeeded; None where the stage names none."""
        names, found = context.rules.ci, context.facts.ci
        if not names:
            return None
        if found is None or found.problem:
            problem = found.problem if found else "nobody asked"
            return self.block(f"not checked: {problem}", (found.remedy if found else "") or "plan again")
        worst = {name: _worst(each for each in found.statuses if each.name == name) for name in names}
        wrong = [_words(name, each) for name, each in worst.items() if each is None or each.state != "success"]
        if not wrong:
            return self.allow(f"succeeded: {', '.join(names)}")
        return self.block("; ".join(wrong), f"let them succeed for {short(context.commit)}, then plan again")


def _worst(found: Iterable[CiStatus]) -> CiStatus | None:
    return min(found, key=lambda each: _WORST.index(each.state), default=None)


def _words(name: str, status: CiStatus | None) -> str:
    if status is None:
        return f"{name} is missing"
    return f"{name} {_WORDS.get(status.state, f'is in an unknown state, {status.word}')}"


GATES: tuple[Gate, ...] = (CiGate(),)
