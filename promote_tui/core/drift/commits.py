"""Commit drift with its causes: what waits before a stage, what only the stage has, and what was taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.git.conventional import parse_message
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.text import short
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Side: TypeAlias = Literal["here", "before"]


class Revert(Value):
    """A revert that one side lacks: `commit` takes back `what`, which still runs on the other side, `running`."""

    commit: Commit
    what: str
    running: Side


class CommitDrift(Value):
    """What lies between a stage and the one before it, newest first.

    `missing` are commits that the stage lacks, `extra` those that only it has; of these `hotfixes` have no
    commit of the same subject among those that wait. `unknown` says why it cannot be told.
    """

    missing: tuple[Commit, ...] = ()
    extra: tuple[Commit, ...] = ()
    hotfixes: tuple[Commit, ...] = ()
    reverts: tuple[Revert, ...] = ()
    unknown: str = ""


def explain_commit_drift(waits: Sequence[Commit], own: Sequence[Commit], bodies: Mapping[str, str]) -> CommitDrift:
    """Return the drift from the commits on each side; `bodies` are messages' bodies by full hash."""
    picked = {commit.subject for commit in waits}
    hotfixes = tuple(commit for commit in own if commit.subject not in picked)
    reverts = (*_reverts(waits, bodies, "here"), *_reverts(own, bodies, "before"))
    return CommitDrift(tuple(waits), tuple(own), hotfixes, reverts)


def _reverts(commits: Sequence[Commit], bodies: Mapping[str, str], running: Side) -> tuple[Revert, ...]:
    """Return the reverts among commits that one side has, of what is not among them: the other side runs that."""
    names = {name for commit in commits for name in (commit.sha, commit.subject)}
    told = ((commit, parse_message(commit.subject, bodies.get(commit.sha, ""))) for commit in commits)
    return tuple(
        Revert(commit, _what(commit, message.reverts), running)
        for commit, message in told
        if message.reverts and not {message.reverts, _subject(commit) or message.reverts} & names
    )


def _subject(commit: Commit) -> str | None:
    """Return what a revert's subject says that it takes back."""
    return parse_message(commit.subject).reverts


def _what(commit: Commit, reverts: str) -> str:
    return _subject(commit) or short(reverts)
