"""A ledger's contents as JSON Lines, so that they can be kept aside and moved to a ledger of another kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from promote_tui.core.errors import UsageError
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VERSION = 1
"""The version of the format; a file of another version is refused."""


class HeadLine(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The first line: the format's version, and whose ledger it is."""

    version: int = msgspec.field(name="promote-tui-ledger")
    project: str = ""


class LockLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stack's lock: its highest fence, and the run that held it when it was written."""

    lock: str
    fence: int
    run: str | None


class EventLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event of a run, as the ledger stores it."""

    run: str
    seq: int
    fence: int
    event: dict[str, Any]


class ReleaseEventLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event of a release, as the ledger stores it."""

    release: str
    seq: int
    event: dict[str, Any]


class DecisionLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person has decided, as the ledger stores it."""

    decision: dict[str, Any]


LINES = (HeadLine, LockLine, EventLine, DecisionLine, ReleaseEventLine)
"""Every kind of line."""


class StoredEvent(Value):
    """An event as a ledger stores it: its fence, and JSON."""

    fence: int
    body: str


class Contents(Value):
    """What a ledger holds of a project: events by run, decisions as JSON; the highest fence by key, live runs by key.

    `project` is empty where a file does not say whose it is. `releases` are their events as JSON by name.
    """

    runs: Mapping[str, tuple[StoredEvent, ...]]
    decisions: tuple[str, ...]
    fences: Mapping[str, int]
    live: Mapping[str, str]
    project: str = ""
    releases: Mapping[str, tuple[str, ...]] = {}


def to_lines(contents: Contents) -> Iterator[str]:
    """Yield the lines, the first of which names the format; plain ASCII."""
    yield _line(HeadLine(VERSION, contents.project))
    for key, fence in contents.fences.items():
        yield _line(LockLine(key, fence, contents.live.get(key)))
    for run, events in contents.runs.items():
        for seq, stored in enumerate(events, start=1):
            yield _line(EventLine(run, seq, stored.fence, json.loads(stored.body)))
    for decision in contents.decisions:
        yield _line(DecisionLine(json.loads(decision)))
    for release, bodies in contents.releases.items():
        for seq, body in enumerate(bodies, start=1):
            yield _line(ReleaseEventLine(release, seq, json.loads(body)))


def _line(value: msgspec.Struct) -> str:
    return _compact(msgspec.to_builtins(value))


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


def from_lines(lines: Iterable[str], name: str) -> Contents:
    """Return the contents of a file of that name; raises UsageError with the line that cannot be taken."""
    runs: dict[str, tuple[StoredEvent, ...]] = {}
    decisions: dict[str, None] = {}
    fences: dict[str, int] = {}
    live: dict[str, str] = {}
    releases: dict[str, tuple[str, ...]] = {}
    number, project = 0, ""
    for number, line in enumerate(lines, start=1):
        where = f"{name}:{number}"
        try:
            match json.loads(line):
                case {"promote-tui-ledger": version, **rest} if number == 1:
                    _check_version(where, version)
                    project = str(rest.get("project", ""))
                case _ if number == 1:
                    raise _no_export(where)
                case {"lock": str(key), "fence": int(fence), "run": run}:
                    fences[key] = _once(where, key, key in fences, fence)
                    live |= {key: run} if isinstance(run, str) else {}
                case {"run": str(run), "seq": int(seq), "fence": int(fence), "event": dict(event)}:
                    before = runs.get(run, ())
                    runs[run] = (
                        *before,
                        _once(where, f"{run} {seq}", seq != len(before) + 1, StoredEvent(fence, _compact(event))),
                    )
                case {"decision": dict(decision)}:
                    body = _compact(decision)
                    decisions[body] = _once(where, "the decision", body in decisions, None)
                case {"release": str(release), "seq": int(seq), "event": dict(event)}:
                    bodies = releases.get(release, ())
                    body = _once(where, f"{release} {seq}", seq != len(bodies) + 1, _compact(event))
                    releases[release] = (*bodies, body)
                case _:
                    raise _no_export(where)
        except (ValueError, RecursionError):
            raise _no_export(where) from None
    if not number:
        raise _no_export(name)
    return Contents(runs, tuple(decisions), fences, live, project, releases)


def _check_version(where: str, version: object) -> None:
    if version != VERSION:
        cause = f"it is of version {version}, and this promote-tui reads {VERSION}"
        raise UsageError(where, cause, "import it with the promote-tui that wrote it, or upgrade")


def _once(where: str, what: str, wrong: bool, value: Any) -> Any:  # noqa: ANN401, FBT001 - any part of a line
    if wrong:
        raise UsageError(where, f"{what} is there twice or out of order", "export the ledger again")
    return value


def _no_export(where: str) -> UsageError:
    return UsageError(where, "it is not a line of a ledger's export", "write one with `promote-tui ledger export`")


def new_entries(here: Contents, given: Contents, name: str) -> Contents:
    """Return the entries that are not here yet; raises UsageError where the two contradict each other.

    Entries that are here already, byte for byte, are skipped, so that an import can be repeated. A release may have
    been gone on with, here or there.
    """
    if given.project not in {"", here.project}:
        cause = f"it is of the project {given.project}, and this configuration of {here.project}"
        raise UsageError(name, cause, "import it with a configuration of its own project")
    for key, run in given.live.items():
        cause = f"run {run} held the lock of {key} when it was written"
        raise UsageError(name, cause, "let it end or reconcile it, then export again")
    for key, fence in given.fences.items():
        if key in here.live and fence > here.fences.get(key, 0):
            cause = f"run {here.live[key]} holds the lock of {key} here"
            raise UsageError(name, cause, "wait until it has ended, then import again")
    for run in given.runs.keys() & here.runs.keys():
        if given.runs[run] != here.runs[run]:
            raise UsageError(name, f"run {run} is here already, with other events", "nothing was imported")
    for release in given.releases.keys() & here.releases.keys():
        if any(one != other for one, other in zip(given.releases[release], here.releases[release], strict=False)):
            raise UsageError(name, f"release {release} is here already, with other events", "nothing was imported")
    known = set(here.decisions)
    return Contents(
        {run: events for run, events in given.runs.items() if run not in here.runs},
        tuple(decision for decision in given.decisions if decision not in known),
        {key: fence for key, fence in given.fences.items() if fence > here.fences.get(key, 0)},
        {},
        here.project,
        {of: bodies for of, bodies in given.releases.items() if len(bodies) > len(here.releases.get(of, ()))},
    )
