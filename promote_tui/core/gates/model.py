"""What a gate says, and what a person can allow by name."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.next_steps import NextStep
from promote_tui.core.value import Moment, Value, field

Opener: TypeAlias = Literal["another commit", "person", "time"]


class Allowance(Value):
    """A person's word, by its logical id, that a resource which holds data may be replaced or removed."""

    kind: Literal["replace", "remove"]
    logical_id: str

    def __str__(self) -> str:
        """Return it as the command line takes it."""
        return f"--allow-{self.kind} {self.logical_id}"


class GateResult(Value):
    """What a gate says; the same words in footer, dialog, command line and JSON.

    A blocked gate with `missing_allowances` passes once a person gives them. `warns`: it passes, and has found
    something that a person should know. `opens_at` is when a blocked one passes by itself; a freeze and a window say
    when the stage is open to both. `allows_review`: people or time unblock it, and the package can be reviewed
    meanwhile. `overridden` is a person's reason to go on although it is blocked. `step` is what a person can do about
    it, `remedy` the same in words. `opened_by` is what unblocks it: a person, time alone, or only another commit.
    """

    name: str
    passed: bool
    reason: str
    remedy: str = ""
    overridable: bool = False
    missing_allowances: tuple[Allowance, ...] = field(default=(), name="needs")
    warns: bool = False
    opens_at: Moment | None = None
    allows_review: bool = field(default=False, name="later")
    overridden: str = ""
    step: NextStep | None = None
    opened_by: Opener = "person"

    def passes_with(self, given: tuple[Allowance, ...]) -> bool:
        """Tell whether the gate passes once these allowances are given."""
        return self.passed or (bool(self.missing_allowances) and set(self.missing_allowances) <= set(given))
