"""The validated configuration as JSON, so that the next start imports neither pydantic nor YAML."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from promote_tui import __version__
from promote_tui.config.model import Config
from promote_tui.core.value import Value, decode_json, encode_json
from promote_tui.private_files import write_private

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT = 32


class CacheEntry(Value):
    """The cache's file for a configuration, and what it is read from: with that the file begins."""

    file: Path
    origin: bytes


def entry(cache: Path, path: Path, texts: Sequence[bytes]) -> CacheEntry:
    """Return the entry for these texts of a configuration, at this path, read by this version."""
    known = (str(path), os.path.realpath(path.parent), os.path.expanduser("~"), __version__)  # noqa: PTH111 - text is wanted, and no error without a home
    origin = join(*map(os.fsencode, known), *texts)
    return CacheEntry(cache / "config" / file_name(origin), origin)


def join(*parts: bytes) -> bytes:
    """Return the parts, each told from the next."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def file_name(origin: bytes) -> str:
    """Return the name of a cache's file for what it stands for, which the file says too: others may have that name.

    To be sure by the name alone takes a digest, for which Python loads all of OpenSSL.
    """
    return f"{crc32(origin):08x}.json"


def read(wanted: CacheEntry) -> Config | None:
    """Return what the file holds; None where it is missing, is another's or is no configuration."""
    try:
        content = wanted.file.read_bytes()
        return decode_json(Config, content[len(wanted.origin) :]) if content.startswith(wanted.origin) else None
    except (OSError, ValueError):
        return None


def write(wanted: CacheEntry, config: Config) -> None:
    """Write the file, whole or not at all; a cache that cannot be written is done without."""
    if write_whole(wanted.file, wanted.origin + encode_json(config).encode()):
        _forget_oldest(wanted.file.parent)


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
