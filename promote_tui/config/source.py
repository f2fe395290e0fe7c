"""The bytes of a configuration: the shared file's, and the local one's where there is one."""

from __future__ import annotations

import os.path
from pathlib import Path

from promote_tui.config.discovery import local_file
from promote_tui.core.errors import ConfigError
from promote_tui.core.value import Value

REMEDY = "fix it and try again; docs/configuration.md explains every key"
_READ_AT_MOST = 256 * 1024 + 1


class Source(Value):
    """Both files as they were read, once; `local` is None where there is none."""

    path: Path
    shared: bytes
    local: bytes | None

    @property
    def texts(self) -> tuple[bytes, ...]:
        """The text of each file that is there."""
        return (self.shared,) if self.local is None else (self.shared, self.local)


def read(path: Path) -> Source:
    """Read both files; raises ConfigError where one is there and cannot be read."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps `..`
    shared, problem = _bytes(path, optional=False)
    local, local_problem = (None, "") if local_file(path) == path else _bytes(local_file(path), optional=True)
    if problem or local_problem:
        raise ConfigError(str(path), tuple(line for line in (problem, local_problem) if line), REMEDY)
    return Source(path, shared or b"", local)


def resolve(given: str, path: Path) -> Path:
    """Return the absolute path that the file at `path` means: from where that truly is, so that `..` leads there."""
    return Path(os.path.abspath(os.path.join(os.path.realpath(path.parent), os.path.expanduser(given))))  # noqa: PTH100, PTH111, PTH118 - `..` is resolved without the disk, which may change under the cache


def read_file(path: Path) -> bytes | None:
    """Return what another file of the configuration holds; None where there is none. Raises ConfigError."""
    content, problem = _bytes(path, optional=True)
    if problem:
        raise ConfigError(str(path), (problem,), REMEDY)
    return content


def _bytes(path: Path, *, optional: bool) -> tuple[bytes | None, str]:
    try:
        with path.open("rb") as stream:
            return stream.read(_READ_AT_MOST), ""
    except (FileNotFoundError, NotADirectoryError):
        return None, "" if optional else f"{path.name}: does not exist; name another with --config FILE"
    except IsADirectoryError:
        return None, f"{path.name}: is a folder; put a file in its place"
    except OSError as error:
        return None, f"{path.name}: cannot be read ({error.strerror}); make it a file that you may read"
