"""Release notes: what one end of a range has and the other lacks, for readers who did not write it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from promote_tui.core.changes.model import ResourceChange
from promote_tui.core.git.conventional import Message, parse_message
from promote_tui.core.git.links import commit_url
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.model.tickets import Ticket, Tickets
from promote_tui.core.text import short
from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BREAKING = "Breaking changes"
_TITLES = {
    "feat": "Features",
    "fix": "Fixes",
    "perf": "Performance",
    "revert": "Reverts",
    "refactor": "Refactoring",
    "docs": "Documentation",
}
_CHORES = "Chores"
_OTHER = "Other changes"
_ALL = "Changes"
_ORDER = (BREAKING, *_TITLES.values(), _OTHER, _CHORES)


class End(Value):
    """One end of a range by the name that people gave it; `sha` None: nothing was ever deployed there."""

    name: str
    sha: str | None


class Entry(Value):
    """A commit in the notes.

    `text` is what it does and `scope` where, without the form of a conventional commit. `taken_back` is
    the short hash of the later commit of the range that reverts it, `reverts` names what it reverts.
    """

    commit: Commit
    kind: str
    scope: str
    text: str
    url: str | None
    tickets: tuple[Ticket, ...] = ()
    breaking: str | None = None
    reverts: str | None = None
    taken_back: str | None = None


class Section(Value):
    """Entries under a title, newest first."""

    title: str
    entries: tuple[Entry, ...]


class Infrastructure(Value):
    """What differs in the stacks; `unknown` says why that cannot be told (empty: it can, or was not asked)."""

    changes: tuple[ResourceChange, ...] = ()
    unknown: str = ""


class ServiceNotes(Value):
    """The notes of one service; `authors` are those with most commits first; `cut`: there are more commits.

    `remark` is what has to be said of the service in its release: that what it got was not proved, or was skipped.
    """

    service: str
    source: End
    target: End
    sections: tuple[Section, ...]
    authors: tuple[str, ...]
    compare: str | None = None
    infrastructure: Infrastructure = Infrastructure()
    cut: bool = False
    remark: str = ""

    @property
    def count(self) -> int:
        """The number of commits in the notes."""
        return sum(len(section.entries) for section in self.sections)


class Notes(Value):
    """The notes of some services, as of a moment; from and to by the names that people gave.

    `release` is the release whose services these are, empty for others.
    """

    project: str
    source: str
    target: str
    at: Moment
    services: tuple[ServiceNotes, ...]
    release: str = ""


def entries(
    commits: Sequence[Commit], bodies: Mapping[str, str], remote: str | None, tickets: Tickets | None
) -> tuple[Entry, ...]:
    """Return an entry for each commit, in their order; `bodies` are messages' bodies by full hash."""
    messages = {commit.sha: parse_message(commit.subject, bodies.get(commit.sha, "")) for commit in commits}
    taken_back = _taken_back(commits, messages)
    names = {commit.sha: commit.subject for commit in commits}
    return tuple(
        Entry(
            commit=commit,
            kind=message.kind,
            scope=message.scope,
            text=message.text,
            url=commit_url(remote, commit.sha) if remote else None,
            tickets=tickets.find_in(f"{commit.subject} {bodies.get(commit.sha, '')}") if tickets else (),
            breaking=message.breaking,
            reverts=_reverted(message.reverts, names),
            taken_back=taken_back.get(commit.sha),
        )
        for commit in commits
        for message in (messages[commit.sha],)
    )


def _taken_back(commits: Sequence[Commit], messages: Mapping[str, Message]) -> dict[str, str]:
    """Return the later commit that reverts each of them; a revert of a revert brings a commit back."""
    found: dict[str, str] = {}
    subjects = {commit.subject: commit.sha for commit in commits}
    for commit in commits:  # newest first: what is itself taken back takes nothing back
        reverted = messages[commit.sha].reverts
        sha = subjects.get(reverted, reverted) if reverted else None
        if sha is not None and sha in messages and commit.sha not in found:
            found[sha] = commit.short
    return found


def _reverted(what: str | None, names: Mapping[str, str]) -> str | None:
    """Describe what a commit reverts: by hash and subject if the range has it."""
    if what is None:
        return None
    if what in names:
        return f"{short(what)} {names[what]}"
    return short(what) if len(what) == 40 and " " not in what else what  # noqa: PLR2004 - a full hash


def sections(found: Sequence[Entry]) -> tuple[Section, ...]:
    """Return the entries in sections, what breaks on top.

    By the kinds of Conventional Commits where at least half of them have one; else in one list.
    """
    if not found:
        return ()
    grouped = 2 * sum(bool(entry.kind) for entry in found) >= len(found)
    by_title: dict[str, list[Entry]] = {}
    for entry in found:
        by_title.setdefault(_title(entry, grouped=grouped), []).append(entry)
    order = (*_ORDER, _ALL)
    return tuple(Section(title, tuple(by_title[title])) for title in order if title in by_title)


def _title(entry: Entry, *, grouped: bool) -> str:
    if entry.breaking is not None:
        return BREAKING
    if not grouped:
        return _ALL
    if entry.reverts is not None:
        return _TITLES["revert"]
    return _TITLES.get(entry.kind, _CHORES if entry.kind else _OTHER)


def authors(commits: Sequence[Commit]) -> tuple[str, ...]:
    """Return the authors, those with the most commits first."""
    return tuple(name for name, _ in Counter(commit.author for commit in commits).most_common())
