"""What a gate says, and what a person can allow by name."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.next_steps import NextStep
from promote_tui.core.value import Moment, Value

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

    `needs` are the allowances that are missing: a closed gate that has some opens when a person gives them.
    `warns` says that an open gate has found what a person should know. `opens_at`: when a closed one opens by itself.
    `later` says that people or time open it: the package can be reviewed meanwhile. `overridden` is a person's
    reason to go on although it is closed. `step` is what a person can do about it, of which `remedy` are the words.
    `opened_by` is what opens a closed one: somebody's deed, time alone, or nothing but another commit in its place.
    """

    name: str
    passed: bool
    reason: str
    remedy: str = ""
    overridable: bool = False
    needs: tuple[Allowance, ...] = ()
    warns: bool = False
    opens_at: Moment | None = None
    later: bool = False
    overridden: str = ""
    step: NextStep | None = None
    opened_by: Opener = "person"

    def open_with(self, given: tuple[Allowance, ...]) -> bool:
        """Tell whether the gate is open once these allowances are given."""
        return self.passed or (bool(self.needs) and set(self.needs) <= set(given))
