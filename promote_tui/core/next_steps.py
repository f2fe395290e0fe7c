"""What a person can do about something that is in the way, as a value: each face says how that is done there."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.value import Value, field

StepKind: TypeAlias = Literal[
    "approve",
    "tick",
    "checks",
    "lift",
    "login",
    "fetch",
    "again",
    "promote",
    "choose",
    "older",
    "console",
    "run",
    "reconcile",
    "adopt",
    "rollback",
    "review",
]


class NextStep(Value):
    """`about` are the items to tick, the stage to promote to first, the run to look at or the commit to review.

    Of a choice it is where what can be chosen was verified.
    """

    kind: StepKind = field(name="deed")
    about: tuple[str, ...] = ()
