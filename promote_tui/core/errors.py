"""Failures that people meet: each names its subject, its cause and the next step."""

from __future__ import annotations

from typing import Self

from promote_tui.core.next_steps import NextStep
from promote_tui.core.text import advice


class PromoteError(Exception):
    """A failure in one line: subject, cause, next step.

    `exit_code` is what the command line ends with (docs: exit codes); `step` is the next step as a value, where a
    key of the terminal UI does it.
    """

    exit_code = 1
    step: NextStep | None = None

    def __init__(self, subject: str, cause: str, remedy: str = "") -> None:
        super().__init__(subject, cause, remedy)
        self.subject = subject
        self.cause = cause
        self.remedy = remedy

    def by(self, step: NextStep | None) -> Self:
        """Return it with its next step as a value."""
        self.step = step
        return self

    def __str__(self) -> str:
        """Return `subject: cause; remedy`."""
        return f"{self.subject}: {self.advice}"

    @property
    def advice(self) -> str:
        """The cause with its remedy, for a place that names the subject already."""
        return advice(self.cause, self.remedy)


class UsageError(PromoteError):
    """What was asked for does not exist or does not make sense."""

    exit_code = 2


class ConfigError(PromoteError):
    """The configuration file cannot be used; `problems` holds every line to print."""

    exit_code = 2

    def __init__(self, subject: str, problems: tuple[str, ...], remedy: str = "") -> None:
        super().__init__(subject, "; ".join(problems), remedy)
        self.problems = problems


class GitError(PromoteError):
    """A repository could not be read, or does not hold what was asked for."""


class AwsError(PromoteError):
    """AWS refused, failed or could not be reached."""


class TemplateError(AwsError):
    """CloudFormation's own validation refuses what a deploy would submit: the deploy would be refused too."""


class CredentialsError(AwsError):
    """AWS needs other or newer credentials; the remedy names the command that gets them."""

    exit_code = 4
    step = NextStep("login")


class OutOfReachError(AwsError):
    """AWS does not answer, or not any more; later it may."""


class DeployError(PromoteError):
    """The deployer or a command around it failed."""


class Refused(PromoteError):  # noqa: N818 - it is an answer, not an error
    """A gate, a lock, a hold or a person says no; nothing was deployed."""

    exit_code = 3


class NotProved(Refused):
    """That a commit runs in a stage is not proved by its package, and nobody's word was given."""


class PlanStale(Refused):
    """What was planned is no longer what would happen; nothing was deployed."""


class LockHeld(Refused):
    """Another run holds the lock of this stack."""


class NotYetGone(LockHeld):
    """The lock's holder is known to live or not only after `seconds` more of silence."""

    def __init__(self, subject: str, cause: str, remedy: str = "", seconds: float = 0.0) -> None:
        super().__init__(subject, cause, remedy)
        self.seconds = seconds


class LedgerError(PromoteError):
    """The ledger cannot be read or written; without it nothing is deployed."""


class RunExists(LedgerError):  # noqa: N818 - it is an answer, not an error
    """The id of a run was used before."""
