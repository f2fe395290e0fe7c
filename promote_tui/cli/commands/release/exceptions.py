"""What a person allows of a release by name: gates that are overridden, and resources that may lose their data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.core.errors import UsageError
from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import Override, config_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.cli.click_types import Parameter
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.release import Release

EXCEPTIONS: tuple[Parameter, ...] = (
    click.option(
        "--override",
        "overrides",
        multiple=True,
        metavar="[SERVICE:]GATE=REASON",
        help="Override a blocked gate, for one service or for all of them.",
    ),
    click.option(
        "--allow-replace", multiple=True, metavar="SERVICE:ID", help="Allow a resource to be replaced, with its data."
    ),
    click.option(
        "--allow-remove", multiple=True, metavar="SERVICE:ID", help="Allow a resource to be removed, with its data."
    ),
)


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The options of what is allowed, as they were given."""

    overrides: tuple[str, ...]
    allow_replace: tuple[str, ...]
    allow_remove: tuple[str, ...]

    def overrides_for(self, release: Release, stage: Stage) -> tuple[tuple[str, Override], ...]:
        """Return the overrides by service; raises UsageError for one that the stage does not allow."""
        return tuple(each for words in self.overrides for each in _overrides(words, release, stage))

    def allowances_for(self, release: Release) -> tuple[tuple[str, Allowance], ...]:
        """Return what may lose its data, by service; raises UsageError."""
        replaced = [_allowance("--allow-replace", words, release) for words in self.allow_replace]
        removed = [_allowance("--allow-remove", words, release) for words in self.allow_remove]
        given = [(service, Allowance("replace", name)) for service, name in replaced]
        return (*given, *((service, Allowance("remove", name)) for service, name in removed))


def _overrides(words: str, release: Release, stage: Stage) -> Iterator[tuple[str, Override]]:
    about, _, reason = words.partition("=")
    service, colon, gate = about.rpartition(":")
    if not gate.strip() or not reason.strip() or (colon and not service):
        remedy = 'such as --override soak="hurry", or orders:soak="hurry"'
        raise UsageError(f"--override {words}", "needs a gate and a reason", remedy)
    if config_name(gate.strip()) not in {config_name(name) for name in stage.rules.overridable}:
        may = ", ".join(stage.rules.overridable)
        remedy = f"overridable here: {may}" if may else "no gate is overridable here: see `overridable`"
        raise UsageError(f"--override {about}", f"{stage.name} does not allow overriding it", remedy)
    if service:
        require_member(release, service)
    members = [service] if service else [member.service for member in release.members]
    yield from ((name, Override(gate.strip(), reason.strip())) for name in members)


def _allowance(option: str, words: str, release: Release) -> tuple[str, str]:
    service, _, logical_id = words.partition(":")
    if not service or not logical_id:
        raise UsageError(
            f"{option} {words}", "needs a service and a logical id", f"such as {option} orders:OrdersTable"
        )
    require_member(release, service)
    return service, logical_id


def require_member(release: Release, service: str) -> None:
    """Raise UsageError where a service is not part of the release."""
    if service not in release.progress:
        members = ", ".join(release.progress)
        raise UsageError(f"service {service}", f"it is not part of release {release.name}", f"one of: {members}")
