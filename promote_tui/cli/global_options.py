"""The global options, in one table that both the bare start and click read; standard library only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from promote_tui.core.errors import UsageError
from promote_tui.core.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence


class GlobalOptions(Value):
    """What the global options say."""

    directory: str | None = None
    config: str | None = None
    read_only: bool = False
    color: str = "auto"
    ascii_only: bool = False
    saved_view: str | None = None
    version: bool = False

    def folder(self) -> Path:
        """Return the folder that everything relative is relative to; raises UsageError."""
        if self.directory is None:
            return Path.cwd()
        folder = Path.cwd() / self.directory
        if not folder.is_dir():
            raise UsageError(f"-C {self.directory}", "there is no such folder", "name one that exists")
        return folder

    def explicit_config(self) -> Path | None:
        """Return what `--config` names, in full."""
        return self.folder() / Path(self.config).expanduser() if self.config else None


class GlobalOption(Value):
    """One global option; without a metavar it is a flag."""

    name: str
    field: str
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()


GLOBALS = (
    GlobalOption("-C", "directory", "Work as if started in this folder.", "DIR"),
    GlobalOption("--config", "config", "The configuration file to use.", "FILE"),
    GlobalOption("--read-only", "read_only", "Refuse everything that changes something."),
    GlobalOption("--color", "color", "Colours: auto, always or never.", "WHEN", ("auto", "always", "never")),
    GlobalOption("--ascii", "ascii_only", "Use plain ASCII signs."),
    GlobalOption("--view", "saved_view", "Begin with this view of the configuration: terminal UI and status.", "NAME"),
    GlobalOption("--version", "version", "Print the version."),
)


def parse_globals_only(words: Sequence[str]) -> GlobalOptions | None:
    """Return the options where these words are global options and nothing else, else None.

    None also stands for options that are wrong: who answers then knows how to explain them.
    """
    options, left = GlobalOptions(), list(words)
    while left:
        found = _take(left)
        if found is None:
            return None
        option, value = found
        change: dict[str, Any] = {option.field: value if option.metavar else True}
        options = replace(options, **change)
    return options


def _take(left: list[str]) -> tuple[GlobalOption, str] | None:
    word = left.pop(0)
    for option in GLOBALS:
        value = _value(option, word, left)
        if value is not None and (not option.choices or value in option.choices):
            return option, value
    return None


def _value(option: GlobalOption, word: str, left: list[str]) -> str | None:
    """Return the option's value (empty for a flag) where the word is this option, else None."""
    if word == option.name:
        if not option.metavar:
            return ""
        return left.pop(0) if left else None
    attached = f"{option.name}=" if option.name.startswith("--") else option.name  # --config=FILE, -CDIR
    return word.removeprefix(attached) if option.metavar and word.startswith(attached) else None
