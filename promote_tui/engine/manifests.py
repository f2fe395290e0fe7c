"""Where packages' manifests are kept: `STATE/artifacts/DIGEST.json`, each named by the digest of what is in it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from promote_tui.core import codec
from promote_tui.core.manifest import Manifest
from promote_tui.core.run import fold
from promote_tui.engine.outside import write_private
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.engine.outside import Outside
    from promote_tui.ports import Ledger

UNNAMED = timedelta(days=1)
"""How long a manifest is kept that no run names: its plan lives an hour."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def keep(outside: Outside, manifest: Manifest) -> str:
    """Write the manifest down and return its digest; raises LedgerError where the disk refuses."""
    text = json.dumps(codec.encode(manifest), separators=(",", ":"))
    digest = _digest(text)
    folder = outside.folders.make(outside.folders.artifacts)
    write_private(folder / f"{digest}.json", text)  # again where it is there, so that it does not look old
    return digest


def recall(outside: Outside, digest: str) -> Manifest | None:
    """Return the manifest of that digest; None where it is not on this machine, or not what it was."""
    if not _DIGEST.fullmatch(digest):
        return None
    try:
        text = (outside.folders.artifacts / f"{digest}.json").read_text(encoding="utf-8")
        return codec.decode(Manifest, json.loads(text)) if _digest(text) == digest else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def of_run(outside: Outside, run: str) -> Manifest | None:
    """Return the manifest of what a run has shipped; raises LedgerError."""
    found = fold(recorded.event for recorded in outside.ledger.events(run))
    return recall(outside, found.artifacts) if found else None


def prune_manifests(outside: Outside, now: datetime, recent: timedelta) -> int:
    """Remove the manifests that no recent run names, and return how many."""
    old = [path for path in _files(outside.folders.artifacts) if _changed(path) < now - UNNAMED]
    named = _named(outside.ledger, now - recent) if old else set()
    gone = [path for path in old if path.stem not in named]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _named(ledger: Ledger, since: datetime) -> set[str]:
    found: set[str] = set()
    cursor: str | None = None
    while True:
        page = ledger.runs(RunFilter(since=since), cursor, limit=200)
        found |= {run.artifacts for run in page.runs}
        cursor = page.cursor
        if cursor is None:
            return found


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.lstat().st_mtime, UTC)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
