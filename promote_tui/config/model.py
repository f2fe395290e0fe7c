"""The validated configuration as values."""

from __future__ import annotations

from typing import Literal

from promote_tui.config.compose.file import ComposeFile
from promote_tui.core.model.pipeline import Aws, Pipeline
from promote_tui.core.value import Value


class TeamLedger(Value):
    """The DynamoDB table that a team's runs, locks and decisions are in."""

    table: str
    aws: Aws


class Config(Value):
    """The pipeline, and how this machine works with it.

    `ledger` is None where it is a file of this machine, `policy` is where the rules of stages with gates come from.
    `remote` names whose branches of the file's own repository count. `organization` is where that of AWS is
    read. `keys` are (action id, key) pairs, `user` is what the screen calls the person and never an identity.
    `compose` is the compose file that services were taken from.
    """

    pipeline: Pipeline
    ledger: TeamLedger | None = None
    policy: Literal["remote", "local"] = "remote"
    theme: str | None = None
    keys: tuple[tuple[str, str], ...] = ()
    refresh_seconds: float = 60.0
    user: str | None = None
    remote: tuple[str, ...] = ()
    organization: Aws | None = None
    compose: ComposeFile | None = None
