"""What is known of one service in one stage: its stack, and the cell that the stack comes to."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.model.commit_names import CommitAlias, kind_of
from promote_tui.core.model.halfway import StuckOperation
from promote_tui.core.model.pipeline import Target
from promote_tui.core.model.stack_status import StackStatus
from promote_tui.core.value import Moment, Value

Why: TypeAlias = Literal["login", "mfa", "denied", "network", "other"]


class StackState(Value):
    """A stack as one DescribeStacks answer shows it.

    `commit` is the text of the configured output or tag, whatever it holds; None when there is none. Where that is
    another name of a commit that the clone has, `commit` is the full hash, and `alias` is the text.
    """

    id: str
    name: str
    status: StackStatus
    status_name: str
    commit: str | None
    updated_at: Moment | None
    outputs: tuple[tuple[str, str], ...] = ()
    alias: CommitAlias | None = None

    @property
    def commit_name(self) -> str:
        """What it says of its commit where that is something else than a full hash and than nothing; else empty."""
        text = (self.commit or "").strip()
        return "" if kind_of(text) in {"full", "nothing"} else text

    @property
    def account(self) -> str:
        """The account in the stack's ARN (arn:aws:cloudformation:REGION:ACCOUNT:stack/...)."""
        return self.id.split(":")[4] if self.id.count(":") >= 5 else ""  # noqa: PLR2004 - the form above


class Deployed(Value):
    """A commit runs there; `commit` is 40 hex, whether or not the clone has it.

    `adopted` is the run in which a person said so of a stack that names none.
    """

    target: Target
    stack: StackState
    commit: str
    adopted: str = ""


class Never(Value):
    """Nothing was ever deployed there; `stack` is what a failed first attempt left behind."""

    target: Target
    stack: StackState | None = None


class InProgress(Value):
    """CloudFormation is at work; `was` is the commit (40 hex) that the output still names."""

    target: Target
    stack: StackState
    was: str | None


class Unreported(Value):
    """A stack is there, but nothing in it says which commit it runs; `says`: what it says that names no known one."""

    target: Target
    stack: StackState
    reason: str
    remedy: str
    says: str = ""


class Halfway(Value):
    """A stack that got stuck between two commits: it runs neither of them."""

    target: Target
    stack: StackState
    between: StuckOperation


class Unreachable(Value):
    """The stage could not be read; `login` says that new credentials would help.

    `why` is the kind of trouble: a log-in or an MFA code is missing, the credentials are good but
    not allowed to, AWS does not answer, or something else.
    """

    target: Target
    reason: str
    remedy: str
    login: bool = False
    why: Why = "other"


Cell: TypeAlias = Deployed | Never | InProgress | Unreported | Halfway | Unreachable
CellKey: TypeAlias = tuple[str, str]
"""(service, stage)"""


def stack_of(cell: Cell) -> StackState | None:
    """Return the stack behind a cell; None where there is none, or none could be read."""
    return None if isinstance(cell, Unreachable) else cell.stack


def commit_of(cell: Cell) -> str | None:
    """Return the commit that a stage runs, or ran when its update began; None where that is not known."""
    match cell:
        case Deployed(commit=commit):
            return commit
        case InProgress(was=was):
            return was
        case _:
            return None


def reported_text(cell: Cell) -> str:
    """Return what a stack says of its commit that names no known one; empty where there is no such text."""
    return cell.says if isinstance(cell, Unreported) else ""
