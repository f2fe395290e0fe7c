"""What a team asks of a promotion into a stage, as the configuration says it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.value import Value, field

OnFailure: TypeAlias = Literal["ask", "rollback", "stop"]
RunChecks: TypeAlias = Literal["on_demand", "on_promote"]
"""Whether checks run only where a person asks for them, or also where a promotion finds that they have not run."""
SafeguardLevel: TypeAlias = Literal["warn", "require"]
"""Whether a stage only says what a safeguard has found, or stays closed."""


class Approvals(Value):
    """How many people have to agree, and whose word counts (empty: everybody's); `groups` is what people call them."""

    count: int = 1
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Weekly(Value):
    """A time of every week: `begins` and `ends` are such as `fri 16:00`, in the zone."""

    begins: str
    ends: str
    timezone: str
    reason: str = ""


class Dates(Value):
    """Days of the calendar: ISO dates in the zone, both included."""

    start: str
    end: str
    timezone: str
    reason: str = ""


Period: TypeAlias = Weekly | Dates
"""When a freeze holds, or a window is open."""


class Safeguard(Value):
    """What a stage asks of a package; `values` are what it allows, or wants to be there."""

    name: str
    level: SafeguardLevel
    values: tuple[str, ...] = ()


class SafeguardCommand(Value):
    """A command of the team's own that looks at a package, as an argv tuple."""

    name: str
    level: SafeguardLevel
    argv: tuple[str, ...]


class Rules(Value):
    """A stage's own rules; `soak` and `bake` are seconds, `checks` argv tuples, `overridable` names of gates.

    Nothing is promoted while a `freeze` holds, or, where there are any, outside of each `window`. The `safeguards` and
    the `safeguard_commands` look at the package. `way_back` asks that what runs now can be deployed again.
    """

    soak: float = 0.0
    approvals: Approvals | None = None
    checks: tuple[tuple[str, ...], ...] = ()
    run_checks: RunChecks = "on_demand"
    checklist: tuple[str, ...] = ()
    freeze: tuple[Period, ...] = field(default=(), name="freezes")
    window: tuple[Period, ...] = field(default=(), name="windows")
    alarms: tuple[str, ...] = ()
    ci: tuple[str, ...] = ()
    signed: bool = False
    pushed: bool = False
    overridable: tuple[str, ...] = ()
    bake: float = 0.0
    on_failure: OnFailure = "ask"
    safeguards: tuple[Safeguard, ...] = ()
    safeguard_commands: tuple[SafeguardCommand, ...] = ()
    way_back: SafeguardLevel | None = None

    @property
    def bake_seconds(self) -> float:
        """How long alarms are watched after a deploy: no time where there are none."""
        return self.bake if self.alarms else 0.0


NONE = Rules()
"""What a stage without rules asks."""
