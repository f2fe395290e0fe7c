"""Reading the configuration: from the cache where nothing changed, else validated, with every problem at once.

A hit imports the standard library and the core; only a miss imports pydantic and YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.config import cache as cached
from promote_tui.config.discovery import find
from promote_tui.config.model import Config
from promote_tui.config.source import Source, read
from promote_tui.core.errors import ConfigError
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Config", "describe", "find", "load", "load_committed"]


def load(path: Path, cache: Path | None = None) -> Config:
    """Return the configuration; raises ConfigError with every problem of both files.

    `cache` is the program's cache folder: an unchanged configuration is read from there.
    """
    return _cached(read(path), cache)


def _cached(source: Source, cache: Path | None) -> Config:
    if cache is None:
        return _validated(source)
    entry = cached.entry(cache, source.path, source.texts)
    if (known := cached.read(entry)) is not None:
        return known
    config = _validated(source)
    cached.write(entry, config)
    return config


def load_committed(path: Path, content: bytes, where: str, cache: Path | None = None) -> Config:
    """Return what the file came to with this content, which it has at `where`; raises ConfigError, which names that."""
    try:
        return _cached(replace(read(path), shared=content), cache)
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
    shared, local = read_models(source)
    return show(shared, local, build(shared, local, source))


def _validated(source: Source) -> Config:
    from promote_tui.config.build import build  # noqa: PLC0415 - imports pydantic
    from promote_tui.config.validate import read_models  # noqa: PLC0415 - imports pydantic and YAML

    return build(*read_models(source), source)
