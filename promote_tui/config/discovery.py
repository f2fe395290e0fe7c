"""Which configuration file is meant."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "promote-tui.yml"
LOCAL_FILE = "promote-tui.local.yml"
VARIABLE = "PROMOTE_TUI_CONFIG"


def find(explicit: Path | None, cwd: Path, environ: Mapping[str, str]) -> Path:
    """Return the absolute path of the configuration file.

    `explicit` comes before $PROMOTE_TUI_CONFIG, then promote-tui.yml in `cwd` or a parent of it, then
    the user's own. Raises ConfigError, which names the places.
    """
    cwd = Path(os.path.abspath(cwd))  # noqa: PTH100 - Path.absolute keeps the `..` that -C may hold
    if explicit is not None:
        return _given(cwd / explicit, "--config")
    if named := environ.get(VARIABLE):
        return _given(cwd / named, f"${VARIABLE}")
    for folder in (cwd, *cwd.parents):
        if os.path.isfile(folder / FILE):  # noqa: PTH113 - unlike Path.is_file, no error in a closed folder
            return folder / FILE
        if os.path.isdir(folder / FILE):  # noqa: PTH112 - the same
            raise ConfigError(
                str(folder / FILE), ("it is a folder",), "put a file in its place, or name another with --config FILE"
            )
    own = _user_folder(environ) / "promote-tui" / "config.yml"
    if os.path.isfile(own):  # noqa: PTH113 - the same
        return own
    where = f"looked for {FILE} in {cwd} and its parents, and for {own}"
    raise ConfigError(
        "no configuration", (where,), "write one (see config.example.yml), or name one with --config FILE"
    )


def local_file(path: Path) -> Path:
    """Return where the local file of a configuration file would be."""
    return path.with_name(LOCAL_FILE)


def _given(path: Path, source: str) -> Path:
    path = Path(os.path.abspath(path))  # noqa: PTH100 - as above
    if os.path.isdir(path):  # noqa: PTH112 - as above
        raise ConfigError(str(path), (f"{source} names a folder",), f"name the file, such as {path / FILE}")
    if not os.path.exists(path):  # noqa: PTH110 - as above
        raise ConfigError(str(path), (f"{source} names it, but it does not exist",), "correct the path")
    return path


def _user_folder(environ: Mapping[str, str]) -> Path:
    if folder := environ.get("XDG_CONFIG_HOME"):
        return Path(folder)
    home = environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - unlike Path.home, no error without one
    return Path(home) / ".config"
