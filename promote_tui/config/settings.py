"""What the configuration comes to."""

from __future__ import annotations

from dataclasses import dataclass

from promote_tui.core.model import Aws, Pipeline


@dataclass(frozen=True, slots=True)
class TeamLedger:
    """The DynamoDB table that a team's runs, locks and decisions are in."""

    table: str
    aws: Aws


@dataclass(frozen=True, slots=True)
class Config:
    """The pipeline, and how this machine works with it.

    `ledger` is None where it is a file of this machine. `keys` are (action id, key) pairs, `user` is what
    the screen calls the person and never an identity.
    """

    pipeline: Pipeline
    ledger: TeamLedger | None = None
    theme: str | None = None
    keys: tuple[tuple[str, str], ...] = ()
    refresh_seconds: float = 60.0
    user: str | None = None
