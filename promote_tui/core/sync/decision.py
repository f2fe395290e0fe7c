"""What sync does about a service in a stage: one answer of a closed union, each with its reason in words."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.value import Moment, Value


class Current(Value):
    """The stage runs the commit."""

    reason: str


class Unchanged(Value):
    """The stage runs the code of the commit: no commit in between changed the service's paths."""

    reason: str


class Deploy(Value):
    """The commit is deployed; `run` is the run that does it, once there is one."""

    reason: str
    run: str = ""


class Waiting(Value):
    """The commit is due, and something keeps it away: a lock, a gate, an earlier run, another service.

    `lock_of` is the run that holds the stack's lock; `gates` are the blocked gates. `opens_at` is when time alone lets
    it in. `patient`: that is how the stage is meant to work, and nobody has to act. `moved`: something has changed
    since it was planned, and it is worth looking again at once.
    """

    reason: str
    remedy: str
    gates: tuple[str, ...] = ()
    lock_of: str = ""
    opens_at: Moment | None = None
    patient: bool = False
    moved: bool = False


class Undecided(Value):
    """It is not known whether the commit is due, so nothing is deployed; `login`: new credentials would help."""

    reason: str
    remedy: str
    login: bool = False


class Regression(Value):
    """The commit lacks what the stage runs: it would take commits away."""

    reason: str
    remedy: str


class Superseded(Value):
    """A newer commit has taken its place before its turn came; `by` is that one."""

    by: str
    reason: str


class Failure(Value):
    """The commit was due, and its deploy did not come to a good end; `run` is empty where none began."""

    reason: str
    remedy: str
    run: str = ""


SyncDecision: TypeAlias = Current | Unchanged | Deploy | Waiting | Undecided | Regression | Superseded | Failure
DecisionName: TypeAlias = Literal[
    "current", "unchanged", "deploy", "waits", "unknown", "would_go_back", "superseded", "failed"
]


_NAMES: dict[type[SyncDecision], DecisionName] = {
    Current: "current",
    Unchanged: "unchanged",
    Deploy: "deploy",
    Waiting: "waits",
    Undecided: "unknown",
    Regression: "would_go_back",
    Superseded: "superseded",
    Failure: "failed",
}


def name(decision: SyncDecision) -> DecisionName:
    """Return the word that JSON uses."""
    return _NAMES[type(decision)]


def remedy_of(decision: SyncDecision) -> str:
    """Return the next step in words; empty where there is none to take."""
    return decision.remedy if isinstance(decision, Waiting | Undecided | Regression | Failure) else ""
