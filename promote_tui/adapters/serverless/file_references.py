"""The files that a service's configuration reads: dotenv files, and those of `${file(...)}`.

They are found in its text alone. Only the variable for the stage is filled in: a file that is named with another
variable is left out.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from promote_tui.core.package.file_references import FileReferences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_DOTENV = re.compile(r"""(?m)(?:^|[{,])[ \t]*['"]?useDotenv['"]?[ \t]*:[ \t]*['"]?true\b""")
_ALL_DOTENV = re.compile(
    r"""(?m)(?:^|[{,])[ \t]*['"]?frameworkVersion['"]?[ \t]*:[ \t]*['"]?[\^~=v]*4\b"""
    r"|^[^#/\n]*serverless-dotenv-plugin"
)
"""What reads `.env` beside the stage's own: version 4 of the CLI, by itself, and the plugin."""

_FILE = re.compile(r"\$\{file\((?P<path>(?:[^(){}$\n]|\$\{[^{}\n]{1,100}\}){1,300})\)")
_STAGE = re.compile(r"\$\{(?:opt:stage|sls:stage|self:provider\.stage|self:custom\.stage)(?:,[^{}\n]*)?\}")
_COMMENT = re.compile(r"(?m)^[ \t]*(?:#|//).*$")


def find_references(folder: str, main: str, texts: Collection[str], stage: str) -> FileReferences:
    """Return what is read for a stage of the CLI by a configuration with the text `main`, and these texts with it.

    Paths are relative to the service's `folder`, whichever file names them; none is outside of the repository.
    """
    named = {path: "${file(...)} reads it" for text in texts for path in _named(folder, text, stage)}
    plain = _COMMENT.sub("", main)
    every = bool(_ALL_DOTENV.search(plain))
    if not every and not _DOTENV.search(plain):
        return FileReferences(named)
    own, local, general = (posixpath.normpath(posixpath.join(folder, name)) for name in _dotenv(stage))
    who = "dotenv" if every else "useDotenv"
    found = {own: f"{who} reads it", local: f"{who} may read it", general: f"{who} reads it"} | named
    return FileReferences(found) if every else FileReferences(found, own, general)


def _dotenv(stage: str) -> tuple[str, str, str]:
    return f".env.{stage}", f".env.{stage}.local", ".env"


def _named(folder: str, text: str, stage: str) -> Iterator[str]:
    for found in _FILE.finditer(_COMMENT.sub("", text)):
        path = _STAGE.sub(stage, found["path"]).strip(" '\"")
        place = posixpath.normpath(posixpath.join(folder, path))
        if path and "$" not in path and not place.startswith(("../", "/")) and place not in {"..", "."}:
            yield place
