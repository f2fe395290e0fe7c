"""Reading the configuration: from the cache where nothing changed, else validated, with every problem at once.

A hit imports the standard library and the core; only a miss imports pydantic and YAML.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.config import cache as cached
from promote_tui.config.compose.file import find_compose
from promote_tui.config.discovery import find
from promote_tui.config.model import Config
from promote_tui.config.source import Source, read, read_file
from promote_tui.core.errors import ConfigError
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.config.compose.file import ReadFile

__all__ = ["Config", "describe", "find", "load", "load_committed"]


def load(path: Path, cache: Path | None = None, user: str = "") -> Config:
    """Return the configuration; raises ConfigError with every problem of both files.

    `cache` is the program's cache folder: an unchanged configuration is read from there. `user` is who `{user}` stands
    for where neither the local file nor the environment says it.
    """
    return _cached(_for_user(read(path), user), cache, read_file)


def _for_user(source: Source, user: str) -> Source:
    return source if source.user or not source.has_user else replace(source, user=user)


def _cached(source: Source, cache: Path | None, read_compose: ReadFile) -> Config:
    if cache is None:
        return _validated(source, read_compose)
    entry = cached.entry(cache, source.path, source.texts)
    known = cached.read(entry)
    if known is None or known.compose is None:
        return known or _kept(source, entry, read_compose)
    compose = find_compose(Path(known.compose.named), read_compose)
    if compose == known.compose:
        return known
    read_now = (compose.content, os.fsencode(compose.root)) if compose else ()
    entry = cached.entry(cache, source.path, (*source.texts, *read_now))
    return (cached.read(entry) if compose else None) or _kept(source, entry, read_compose)


def _kept(source: Source, entry: cached.CacheEntry, read_compose: ReadFile) -> Config:
    config = _validated(source, read_compose)
    cached.write(entry, config)
    return config


def load_committed(  # noqa: PLR0913 - what is read, where it stands, and for whom
    path: Path,
    content: bytes,
    where: str,
    cache: Path | None = None,
    user: str = "",
    *,
    read_compose: ReadFile = read_file,
) -> Config:
    """Return what the file came to with this content, which it has at `where`; raises ConfigError, which names that.

    `read_compose` reads the compose file that it names, as it is committed.
    """
    try:
        return _cached(_for_user(read(path, content), user), cache, read_compose)
    except ConfigError as error:
        remedy = "fix it there, then git fetch"
        problems = tuple(f"{where}: {line}" for line in error.problems)
        raise ConfigError(error.subject, problems, remedy) from error


def describe(path: Path) -> str:
    """Return the effective configuration as YAML, each ${VAR} as it stands; raises ConfigError."""
    from promote_tui.config.build import build  # noqa: PLC0415 - imports pydantic
    from promote_tui.config.dump import show  # noqa: PLC0415 - the same
    from promote_tui.config.validate import read_models  # noqa: PLC0415 - imports pydantic and YAML

    source = read(path)
    models = read_models(source, read_file)
    return show(models.shared, models.local, build(models, source))


def _validated(source: Source, read_compose: ReadFile) -> Config:
    from promote_tui.config.build import build  # noqa: PLC0415 - imports pydantic
    from promote_tui.config.validate import read_models  # noqa: PLC0415 - imports pydantic and YAML

    return build(read_models(source, read_compose), source)
