"""How a person wants to promote, and which gates they override."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.runs.events import RunKind, StartedBy
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult


class Override(Value):
    """A person's word to go on although a gate is blocked, and why; `gate` is as the configuration writes it."""

    gate: str
    reason: str


class PromotionOptions(Value, tag="Terms"):
    """How a person wants to promote.

    `skipped` are stages that a hotfix leaves out: the facts are then those of the stage before them. `after` is the run
    whose failure a rollback answers by itself: it was confirmed, and approved, together with that run. `break_glass` is
    a rollback while the team's ledger is out of reach: what it would say is unknown, and the gates say so. `release`
    is the name of the release that it is part of: that one is confirmed as a whole. What `sync` has started, the
    configuration confirms: see the gate of that name.
    """

    kind: RunKind = "normal"
    skipped: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    after: str = ""
    break_glass: bool = False
    release: str = ""
    started_by: StartedBy = "person"


NORMAL = PromotionOptions()
"""As most promotions are."""


def config_name(gate: str) -> str:
    """Return how the configuration and `--override` write the name of a gate: `same_artifact`."""
    return gate.replace(" ", "_")


def make_override(gate: GateResult, reason: str) -> Override:
    """Return a person's word for a gate, under the name that the configuration has for it."""
    return Override(config_name(gate.name), reason)
