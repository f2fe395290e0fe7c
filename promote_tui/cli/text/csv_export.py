"""The record as CSV, for spreadsheets and auditors (RFC 4180)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from promote_tui.cli.outputs.runs import ExportedRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.runs.run import Run

_COLUMNS = (
    *("id", "kind", "service", "stage", "from", "to", "who", "arn"),
    *("reason", "started_at", "ended_at", "status", "overrides", "policy"),
    *("account", "region", "stack", "subject", "outcome", "cause", "still_on", "rollback"),
    *("gates", "host", "config", "artifacts", "release"),
)
_ACTIVE = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""What spreadsheets take for the beginning of a formula, in both widths."""


def format_csv(runs: Sequence[Run], missing: Sequence[str]) -> str:
    """Return a row a run, and one of the kind `gap` for each thing that is missing."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(_row(run) for run in runs)
    writer.writerows({"kind": "gap", "reason": _inert(words)} for words in missing)
    return out.getvalue()


def _row(run: Run) -> dict[str, str]:
    told = ExportedRun.of(run)
    words = {
        "overrides": "; ".join(f"{each.gate}: {each.reason}" for each in told.overrides),
        "gates": "; ".join(f"{each.name} {'open' if each.passed else 'closed'}: {each.reason}" for each in told.gates),
        "from": told.from_ or ("unknown" if told.from_unknown else ""),
        "status": told.status.value,
        "outcome": told.outcome.value,
    }
    return {name: _inert(words[name] if name in words else str(getattr(told, name) or "")) for name in _COLUMNS}


def _inert(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if value.lstrip().startswith(_ACTIVE) else value
