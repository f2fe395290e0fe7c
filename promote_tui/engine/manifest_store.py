"""Where packages' manifests are kept: `STATE/artifacts/DIGEST.json`, each file named by the digest of what is in it.

A manifest names its archives by their content, which is the digest of the list of their files: that list is
a file of its own, so what is packaged for three stages is written down once.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from promote_tui.core.package.manifest import Manifest
from promote_tui.core.runs.fold import fold
from promote_tui.core.value import Json, decode, encode_json, replace
from promote_tui.engine.run_pages import every_run
from promote_tui.engine.state_dir import write_private
from promote_tui.ports import RunFilter

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.package.manifest import Archive
    from promote_tui.core.value import Json
    from promote_tui.engine.context import Context

UNNAMED = timedelta(days=1)
"""How long a manifest is kept that no run names: its plan lives an hour."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def save(context: Context, manifest: Manifest) -> str:
    """Write the manifest down and return its digest; raises LedgerError where the disk refuses."""
    folder = context.folders.make(context.folders.artifacts)
    for archive in manifest.archives:
        if archive.files:
            _put(folder, json.dumps(archive.files))
    bare = replace(manifest, archives=tuple(replace(each, files=()) for each in manifest.archives))
    return _put(folder, encode_json(bare))


def _put(folder: Path, text: str) -> str:
    digest = _digest(text)
    write_private(folder / f"{digest}.json", text)  # again where it is there, so that it does not look old
    return digest


def load(context: Context, digest: str, *, files: bool = True) -> Manifest | None:
    """Return the manifest of that digest; None where it is not on this machine, or not what it was.

    Without `files` it is only said what the functions run.
    """
    folder = context.folders.artifacts
    try:
        found = decode(Manifest, _get(folder, digest))
    except ValueError:
        return None
    return replace(found, archives=tuple(_with_files(folder, each) for each in found.archives)) if files else found


def _with_files(folder: Path, archive: Archive) -> Archive:
    try:
        listed = _get(folder, archive.content)
        return replace(archive, files=tuple((str(path), str(digest)) for path, digest in listed))
    except (ValueError, TypeError):
        return archive


def _get(folder: Path, digest: str) -> Json:
    """Return what is in the file of that digest; raises ValueError where it is not there, or something else."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(digest)
    try:
        text = (folder / f"{digest}.json").read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(digest) from error
    if _digest(text) != digest:
        raise ValueError(digest)
    return json.loads(text)


def load_of_run(context: Context, run: str) -> Manifest | None:
    """Return the manifest of what a run has shipped; raises LedgerError."""
    found = fold(recorded.event for recorded in context.ledger.events(run))
    return load(context, found.artifacts) if found else None


def prune_manifests(context: Context, now: datetime, recent: timedelta) -> int:
    """Remove what no recent run names, and return how many files that were."""
    old = [path for path in _files(context.folders.artifacts) if _changed(path) < now - UNNAMED]
    named = _named(context, now - recent) if old else set()
    gone = [path for path in old if path.stem not in named]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _named(context: Context, since: datetime) -> set[str]:
    """Return the manifests that runs since then name, and the lists of files that those name."""
    wanted = RunFilter(since=since, any_project=True)
    found = {run.artifacts for run in every_run(lambda cursor: context.ledger.runs(wanted, cursor, limit=200))}
    kept = [manifest for digest in found if (manifest := load(context, digest, files=False))]
    return found | {archive.content for manifest in kept for archive in manifest.archives}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.lstat().st_mtime, UTC)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
