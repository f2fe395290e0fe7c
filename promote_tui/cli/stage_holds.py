"""What `hold` and `unhold` share: where, and a line for each service of a stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.decision_record import announce
from promote_tui.core.errors import UsageError
from promote_tui.core.gates.decisions import describe_decision
from promote_tui.core.text import clean, plural

if TYPE_CHECKING:
    from promote_tui.cli.click_types import Parameter
    from promote_tui.cli.context import CliContext
    from promote_tui.engine.stage_holds import HoldChange, HoldRequest

_DONE = {"hold": "held", "unhold": "lifted the hold"}
_NOT_DONE = {"hold": "not held", "unhold": "the hold was not lifted"}
HOLD_PLACE: tuple[Parameter, ...] = (
    click.argument("service", required=False),
    click.argument("stage", required=False),
)


@dataclass(frozen=True, slots=True)
class HoldPlace:
    """A service in a stage, or `everywhere` a stage with all services."""

    service: str | None
    stage: str | None
    everywhere: str | None

    def __post_init__(self) -> None:
        """Take one of both; raises UsageError."""
        given = [word for word in (self.service, self.stage) if word is not None]
        if len(given) != (0 if self.everywhere is not None else len(("service", "stage"))):
            raise UsageError("hold", "it takes SERVICE STAGE, or --all STAGE", "name one of them")

    @property
    def one(self) -> tuple[str, str]:
        """The service and its stage."""
        return self.service or "", self.stage or ""

    @property
    def subject(self) -> str:
        """What an error is about."""
        return self.everywhere or "/".join(self.one)


def change_holds(context: CliContext, wanted: HoldRequest) -> int:
    """Hold every service of a stage, or lift every hold, a line each; return the exit code of the first that failed."""
    if not wanted.reason.strip():
        raise UsageError("--reason", "is empty", "give a reason")
    codes: list[int] = []
    for change in context.writer(clean(wanted.stage)).decisions.change_holds(wanted):
        printer = context.err if change.error else context.out
        printer.line(clean(f"{change.service}/{wanted.stage}: {_words(change, wanted)}", limit=400))
        codes += [change.error.exit_code] if change.error else []
        if change.made is not None:
            announce(context, change.made)
    if codes:
        context.err.line(
            clean(f"{plural(len(codes), 'service')} failed: run it again, it changes only what is missing")
        )
    return next(iter(codes), 0)


def _words(change: HoldChange, wanted: HoldRequest) -> str:
    if change.error is not None:
        return f"{_NOT_DONE[wanted.kind]}: {change.error}"
    before = describe_decision("held", change.before) if change.before else ""
    if change.made is None:
        return f"already {before}" if before else "is not on hold"
    lifted = f" ({before})" if before and wanted.kind == "unhold" else ""
    return f"{_DONE[wanted.kind]}{lifted} as {change.made.who}"
