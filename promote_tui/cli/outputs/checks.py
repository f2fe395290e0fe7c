"""`doctor --json` and `check --run --json`: what was checked, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, Timestamp, clean_text, text_or_null
from promote_tui.core.durations import timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.engine.checks import CheckEnd
    from promote_tui.ports import ToolCheck


class ToolOutput(Output, frozen=True):
    """Something that promotions need; `ok` is null where it is missing, but not always needed."""

    name: str
    ok: bool | None
    found: str
    remedy: str | None

    @classmethod
    def of(cls, found: ToolCheck) -> Self:
        """Return the wire form of one check of `doctor`."""
        return cls(clean_text(found.name), found.ok, clean_text(found.found), text_or_null(found.remedy))


class DoctorOutput(Output, frozen=True):
    """Everything that a promotion needs, and whether it is there."""

    checks: tuple[ToolOutput, ...]

    @classmethod
    def of(cls, checks: Sequence[ToolCheck]) -> Self:
        """Return the wire form of what `doctor` found."""
        return cls(tuple(ToolOutput.of(check) for check in checks))


class CheckOutput(Output, frozen=True):
    """How one of a stage's checks ended on a commit; `log` is where its output is on this machine."""

    command: str
    commit: str | None
    passed: bool
    reason: str
    digest: str
    log: str
    who: str
    at: Timestamp

    @classmethod
    def of(cls, end: CheckEnd) -> Self:
        """Return the wire form of a check's end."""
        made = end.decision
        return cls(
            command=clean_text(made.item),
            commit=made.commit,
            passed=made.passed,
            reason=clean_text(made.reason),
            digest=made.evidence,
            log=str(end.log),
            who=clean_text(made.who),
            at=timestamp(made.at),
        )


class ChecksOutput(Output, frozen=True):
    """How a stage's checks ended on a commit."""

    checks: tuple[CheckOutput, ...]

    @classmethod
    def of(cls, ended: Sequence[CheckEnd]) -> Self:
        """Return the wire form of several checks' ends."""
        return cls(tuple(CheckOutput.of(end) for end in ended))
