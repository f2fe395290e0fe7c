"""How the commands about the configuration show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from promote_tui.cli.errors import problem_lines
from promote_tui.cli.outputs.config import ConfigInvalidOutput, ConfigPathOutput, ConfigShowOutput, ConfigValidOutput
from promote_tui.cli.text.policy import policy_lines
from promote_tui.cli.views.base import JsonView, View
from promote_tui.core.model.pipeline import Pipeline
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.errors import ConfigError

_PATH, _FILE = 4_096, 10_000_000


class ValidateView(Protocol):
    """Shows whether a configuration can be used."""

    def valid(self, path: str, notes: Sequence[str]) -> None:
        """Show that it can, and what this version does not act on."""

    def invalid(self, error: ConfigError) -> None:
        """Show every problem, or let the error speak."""


class ValidateHuman(View):
    """The problems as every error, a line each."""

    def valid(self, path: str, notes: Sequence[str]) -> None:
        """Print that it is valid; the notes are narration."""
        self.context.out.line(f"{clean(path)}: valid")
        self.context.err.lines(notes)

    def invalid(self, error: ConfigError) -> None:
        """Let the error speak for itself."""
        raise error


class ValidateJson(JsonView):
    """The problems as JSON."""

    def valid(self, path: str, notes: Sequence[str]) -> None:
        """Write that it is valid."""
        self.write(ConfigValidOutput.of(path, notes))

    def invalid(self, error: ConfigError) -> None:
        """Write every problem."""
        self.write(ConfigInvalidOutput.of(problem_lines(error)))


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration that is in force; `source` is its YAML with defaults filled in."""

    pipeline: Pipeline
    source: str


class ShowView(Protocol):
    """Shows the configuration that is in force."""

    def configuration(self, found: Configuration) -> None:
        """Show it."""


class ShowHuman(View):
    """The configuration as YAML."""

    def configuration(self, found: Configuration) -> None:
        """Print the YAML, with where its rules are read from."""
        policy = found.pipeline.policy
        lines = clean(found.source, limit=_FILE, newlines=True).splitlines()
        self.context.out.lines([f"# policy: {clean(str(policy))}", *lines])
        if policy and policy.differs:
            self.context.err.lines(clean(line) for line in policy_lines(policy))


class ShowJson(JsonView):
    """The configuration as JSON."""

    def configuration(self, found: Configuration) -> None:
        """Write it."""
        self.write(ConfigShowOutput.of(found.pipeline))


class PathView(Protocol):
    """Shows which configuration file is used."""

    def path(self, found: str) -> None:
        """Show the path."""


class PathHuman(View):
    """The path in a line."""

    def path(self, found: str) -> None:
        """Print it."""
        self.context.out.line(clean(found, limit=_PATH))


class PathJson(JsonView):
    """The path as JSON."""

    def path(self, found: str) -> None:
        """Write it."""
        self.write(ConfigPathOutput(found))
