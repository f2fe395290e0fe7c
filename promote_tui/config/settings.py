"""What the configuration comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from promote_tui.core.model import Pipeline

LedgerKind: TypeAlias = Literal["sqlite", "dynamodb"]


@dataclass(frozen=True, slots=True)
class Config:
    """The pipeline, and how this machine works with it.

    `keys` are (action id, key) pairs, `user` is what the screen calls the person and never an identity.
    """

    pipeline: Pipeline
    ledger_kind: LedgerKind = "sqlite"
    theme: str | None = None
    keys: tuple[tuple[str, str], ...] = ()
    refresh_seconds: float = 60.0
    user: str | None = None
