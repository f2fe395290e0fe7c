"""Work trees that commits are packaged in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from promote_tui.core.model.pipeline import Service
from promote_tui.core.package.package import Checkout

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractContextManager
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """A service at a commit, as a stage has it, for `owner` (a plan's id); all output is appended to `log`.

    With `apart` it is never shared, and nothing that is changed there, dependencies included, reaches a plan.
    """

    service: Service
    stage: str
    commit: str
    owner: str
    log: Path
    apart: bool = False


@dataclass(frozen=True, slots=True)
class ProjectCommand:
    """A command of the project's own in the service's folder of a checkout, its output appended to `log`.

    It gets what the service's `deploy` says (and `extra`), but no AWS credentials. `hidden` are values that its output
    may not show, besides those that it gets.
    """

    service: Service
    stage: str
    argv: Sequence[str]
    checkout: Checkout
    log: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = field(default=(), repr=False)


class Checkouts(Protocol):
    """Work trees of our own; the user's is never touched. Raises GitError, or DeployError where preparing fails."""

    def prepare(self, wanted: CheckoutRequest, on_poll: Callable[[], None] | None = None) -> Checkout:
        """Return a clean work tree at the commit with its dependencies, reserved for its owner.

        Copies `deploy.files`, installs, runs `deploy.before`. What is the same for several plans is prepared once and
        shared, until a runner keeps it. The reservation outlasts packaging at its limit and the plan's hour. What
        `on_poll` raises, called about once a second of a command, stops it.
        """

    def present(
        self, service: Service, checkout: Checkout, names: Collection[str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Return which of the files are in the checkout, and which in the user's own folder (none, for a URL).

        Names are relative to the repository's root.
        """

    def alone(self, checkout: Checkout, owner: str, on_wait: Callable[[], None]) -> AbstractContextManager[None]:
        """Keep everybody else out of the work tree meanwhile: the CLI is never called there otherwise.

        Waits until it is free; `on_wait` is called about every second of it, and may raise. Raises
        DeployError where the work tree is not any more what was prepared for the owner.
        """

    def run(self, command: ProjectCommand, on_poll: Callable[[], None] | None = None) -> None:
        """Run a command; raises DeployError where it does not end well, or takes longer than the service allows.

        What `on_poll` raises, called about once a second, stops it. Nobody else should be in the checkout (`alone`).
        """

    def digest(self, checkout: Checkout) -> str:
        """Return a digest of the work tree's commit and of its tracked files' changes."""

    def keep(self, owner: str) -> None:
        """Keep the reservation until release, for a plan that a runner now executes."""

    def release(self, owner: str) -> None:
        """Give the work tree back; the last of its owners empties it. Unknown owners are ignored."""

    def prune(self, now: datetime) -> tuple[str, ...]:
        """Remove what nobody holds any more; return what went, in words."""
