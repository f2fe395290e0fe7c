"""The bytes of a configuration: the shared file's, and the local one's where there is one."""

from __future__ import annotations

import os
from pathlib import Path

from promote_tui.config.discovery import local_file
from promote_tui.core.errors import ConfigError
from promote_tui.core.model.users import PLACEHOLDER, VARIABLE, is_user
from promote_tui.core.value import Value, replace

REMEDY = "fix it and try again; docs/configuration.md explains every key"
_READ_AT_MOST = 256 * 1024 + 1


class Source(Value):
    """Both files as they were read, once; `local` is None where there is none.

    `user` is who `{user}` in them stands for where the local file does not say it.
    """

    path: Path
    shared: bytes
    local: bytes | None
    user: str = ""

    @property
    def texts(self) -> tuple[bytes, ...]:
        """The text of each file that is there, and the user."""
        files = (self.shared,) if self.local is None else (self.shared, self.local)
        return (*files, f"{VARIABLE}={self.user}".encode()) if self.user else files

    @property
    def has_user(self) -> bool:
        """Whether `{user}` stands anywhere in them."""
        return any(PLACEHOLDER.encode() in text for text in (self.shared, self.local or b""))


def read(path: Path, committed: bytes | None = None) -> Source:
    """Read both files, or the local one beside what is `committed`; raises ConfigError where one cannot be read.

    The user is read from the environment, where `{user}` stands in them.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps `..`
    shared, problem = _bytes(path, optional=False)
    local, local_problem = (None, "") if local_file(path) == path else _bytes(local_file(path), optional=True)
    if problem or local_problem:
        raise ConfigError(str(path), tuple(line for line in (problem, local_problem) if line), REMEDY)
    found = Source(path, (shared or b"") if committed is None else committed, local)
    return replace(found, user=_user(path)) if found.has_user else found


def _user(path: Path) -> str:
    user = os.environ.get(VARIABLE, "")
    if user and not is_user(user):
        what = f'{VARIABLE}: "{user}" cannot stand for {PLACEHOLDER}'
        remedy = "set it to a-z, 0-9 and dashes, 32 at most, a letter or digit at both ends, or unset it"
        raise ConfigError(str(path), (what,), remedy)
    return user


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
