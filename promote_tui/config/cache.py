"""The validated configuration as JSON, so that the next start imports neither pydantic nor YAML."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from promote_tui import __version__
from promote_tui.config.model import Config
from promote_tui.core.value import decode_json, encode
from promote_tui.private_files import write_private

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 32


def digest(*parts: bytes) -> str:
    """Return the SHA-256 of the parts, each told from the next."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def entry(cache: Path, path: Path, content: str) -> Path:
    """Return the cache's file for a configuration of this digest, at this path, read by this version."""
    known = (content, str(path), os.path.realpath(path.parent), os.path.expanduser("~"), __version__)  # noqa: PTH111 - text is wanted, and no error without a home
    return cache / "config" / f"{digest(*(os.fsencode(part) for part in known))}.json"


def read(file: Path) -> Config | None:
    """Return what the file holds; None where it is missing or is no configuration."""
    try:
        return decode_json(Config, file.read_bytes())
    except (OSError, ValueError):
        return None


def write(file: Path, config: Config) -> None:
    """Write the file, whole or not at all; a cache that cannot be written is done without."""
    if write_whole(file, json.dumps(encode(config)).encode()):
        _forget_oldest(file.parent)


def write_whole(file: Path, content: bytes) -> bool:
    """Write a private file in a private folder, whole or not at all; False where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.parent.chmod(0o700)
        write_private(file, content)
    except OSError:
        return False
    return True


def _forget_oldest(folder: Path) -> None:
    by_age = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in by_age[KEPT:]:
        old.unlink(missing_ok=True)
