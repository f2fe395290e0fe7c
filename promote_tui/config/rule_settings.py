"""From a stage's settings to its rules: durations in seconds, groups as the people in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.config import schema
from promote_tui.core.model.channels import Bell, Channel, Slack, Sns
from promote_tui.core.model.smoke import SmokeCommand, SmokeRequest
from promote_tui.core.model.team_rules import Approvals, Dates, Rules, Weekly

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.model.smoke import Smoke
    from promote_tui.core.model.team_rules import Freeze

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(duration: str) -> float:
    """Return the seconds of `90s`, `10m`, `4h` or `1d`."""
    return int(duration[:-1]) * _UNITS[duration[-1]]


def rules(stage: schema.Stage, groups: Mapping[str, list[str]]) -> Rules:
    """Return what a stage asks of a promotion."""
    gates = stage.gates
    return Rules(
        soak=seconds(gates.soak) if gates.soak else 0.0,
        approvals=_approvals(gates.approvals, groups) if gates.approvals is not None else None,
        checks=tuple(tuple(argv) for argv in gates.checks or ()),
        checklist=tuple(gates.checklist or ()),
        freezes=tuple(_freeze(each) for each in gates.freeze or ()),
        alarms=tuple(gates.alarms or ()),
        signed=gates.signed,
        pushed=gates.pushed,
        overridable=tuple(stage.overridable),
        bake=seconds(stage.bake) if stage.bake else 0.0,
        on_failure=stage.on_failure,
    )


def channel(wanted: schema.Slack | schema.Sns | schema.Bell) -> Channel:
    """Return a channel that people hear of runs by."""
    on = {"on": tuple(wanted.events)} if wanted.events else {}
    if isinstance(wanted, schema.Slack):
        return Slack(wanted.slack, **on)
    return Sns(wanted.sns, **on) if isinstance(wanted, schema.Sns) else Bell(**on)


def smoke(wanted: schema.Smoke | list[str] | None) -> Smoke | None:
    """Return a service's smoke test."""
    if wanted is None:
        return None
    if isinstance(wanted, list):
        return SmokeCommand(tuple(wanted))
    wait, timeout = seconds(wanted.wait), seconds(wanted.timeout)
    return SmokeRequest(wanted.url, wanted.status, wanted.body or "", wanted.retries, wait, timeout)


def _approvals(wanted: int | schema.Approvals, groups: Mapping[str, list[str]]) -> Approvals:
    if isinstance(wanted, int):
        return Approvals(wanted)
    names = tuple(wanted.by or ())
    people = dict.fromkeys(person for name in names for person in groups.get(name, ()))
    return Approvals(wanted.count, tuple(people), names)


def _freeze(freeze: schema.Weekly | schema.Dates) -> Freeze:
    if isinstance(freeze, schema.Weekly):
        return Weekly(freeze.from_, freeze.to, freeze.timezone, freeze.reason or "")
    return Dates(freeze.start, freeze.end, freeze.timezone, freeze.reason or "")
