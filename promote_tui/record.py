"""The composition root of what only reads the record: without AWS, and so without what takes long to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.process.system import SystemClock
from promote_tui.adapters.serverless.facts import FACTS
from promote_tui.config.loader import load
from promote_tui.engine.api.record import Record
from promote_tui.engine.history import RecordSource
from promote_tui.paths import cache_folder, state_folder
from promote_tui.policy import with_policy

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.ports import CommitGraph


def open_record(config: Path, *, read_only: bool = False) -> Record | None:
    """Return the record of a configuration whose ledger is a file of this machine; None where AWS has to be asked.

    That is where a team's ledger is in AWS, or the name of a stage is known there alone. Raises ConfigError.
    """
    found, _ = with_policy(load(config, cache_folder()))
    if found.ledger is not None or found.pipeline.needs_user:
        return None
    clock = SystemClock()
    ledger = SqliteLedger(LedgerFile(state_folder(), read_only=read_only), found.pipeline.project, clock)
    return Record(RecordSource(found.pipeline, ledger, clock, FACTS, _graph))


def _graph() -> CommitGraph:
    from promote_tui.adapters.git.graph import GitGraph  # noqa: PLC0415 - only where decisions name several commits

    return GitGraph(cache_folder())
