"""A release: what a promotion of several services into one stage would be, wave by wave, and what is missing for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from promote_tui.core.errors import PromoteError, UsageError
from promote_tui.core.gates.closed import leading_first
from promote_tui.core.git.relation import Same
from promote_tui.core.matrix import CellKey, CellView
from promote_tui.core.model.pipeline import InProgress, Stage, Unreachable
from promote_tui.core.planning.plan import Draft
from promote_tui.core.planning.waves import Wave, first_wave
from promote_tui.core.text import plural
from promote_tui.tui.presentation.glyphs import Glyphs
from promote_tui.tui.presentation.next_steps import error_words
from promote_tui.tui.presentation.review.model import untold
from promote_tui.tui.presentation.style import Role

KeyOf: TypeAlias = Callable[[str], str]
"""From an action's id to the key that a person presses for it."""


class Fate(Enum):
    """What would become of a service in this release."""

    READING = "reading"
    SAME = "same"
    GO = "go"
    CLOSED = "closed"
    RUNNING = "running"
    UNSETTLED = "reconcile"
    NOTHING = "nothing"
    AHEAD = "ahead"
    TROUBLE = "trouble"
    UNREAD = "unread"


IDLE = frozenset({Fate.SAME, Fate.NOTHING, Fate.AHEAD})
"""Nothing waits for these: they cannot be taken in. What is ahead would only lose commits by it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A service in a release; `draft` and `error` are both None until the draft has been read."""

    service: str
    stage: str
    view: CellView | None
    draft: Draft | None = None
    error: PromoteError | None = None
    left_out: bool = False
    hopeless: bool = False
    """Whether nothing is being read that could say more."""

    @property
    def key(self) -> CellKey:
        """The cell that it is about."""
        return self.service, self.stage

    @property
    def fate(self) -> Fate:
        """What would become of it."""
        return fate_of(self.view, self.draft, self.error)

    @property
    def included(self) -> bool:
        """Whether it is part of the release."""
        return not self.left_out and self.fate not in IDLE


def wants_draft(view: CellView | None) -> bool:
    """Tell whether a draft has to be read before anything can be said of the cell."""
    return fate_of(view, None, None) is Fate.READING and view is not None


def fate_of(view: CellView | None, draft: Draft | None, error: PromoteError | None) -> Fate:  # noqa: PLR0911 - one line a fate
    """Return what is to be said of a service: from its cell where that is enough, else from its draft."""
    if view is None:
        return Fate.READING
    if isinstance(view.cell, Unreachable):
        return Fate.UNREAD
    if view.unsettled:
        return Fate.UNSETTLED
    if view.run is not None or isinstance(view.cell, InProgress):
        return Fate.RUNNING
    stack = view.cell.stack
    if isinstance(view.relation, Same) and stack is not None and stack.status.succeeded is not False:
        return Fate.SAME
    if error is not None:
        return Fate.NOTHING if isinstance(error, UsageError) else Fate.TROUBLE
    if draft is None:
        return Fate.READING
    if _brings_nothing(draft):
        return Fate.AHEAD if draft.removes else Fate.SAME
    return Fate.GO if all(gate.passed for gate in draft.gates) else Fate.CLOSED


def _brings_nothing(draft: Draft) -> bool:
    status = None if isinstance(draft.cell, Unreachable) or draft.cell.stack is None else draft.cell.stack.status
    failed = status is not None and status.succeeded is False
    same = bool(draft.removes) or not draft.files
    return same and not (failed or untold(draft) or draft.brings or draft.deployed is None)


@dataclass(frozen=True, slots=True)
class Release:
    """Everything about a release into one stage, and how it is drawn; `parts` are by service."""

    stage: Stage
    waves: Sequence[Wave]
    parts: dict[str, Part]
    glyphs: Glyphs
    key: KeyOf
    needs: dict[str, tuple[str, ...]]
    """What each service depends on."""
    read_only: bool = False
    trouble: PromoteError | None = None
    """Why nothing could be read at all."""
    stale: PromoteError | None = None
    """Why what is shown could not be read again."""

    @property
    def included(self) -> list[Part]:
        """The parts that are in it, in the order of the waves."""
        every = [self.parts[name] for wave in self.waves for name in wave.services]
        return [part for part in every if part.included]

    @property
    def left_out(self) -> list[Part]:
        """The parts that a person left out although there is something to do."""
        return [part for part in self.parts.values() if part.left_out and part.fate not in IDLE]

    @property
    def next_wave(self) -> Wave | None:
        """The wave that comes now: the first one of which something is left to do."""
        return first_wave(self.waves, [part.service for part in self.included])

    @property
    def waves_left(self) -> int:
        """How many waves have something to do."""
        names = {part.service for part in self.included}
        return sum(bool(names & {*wave.services}) for wave in self.waves)

    def of(self, fate: Fate) -> list[Part]:
        """Return the included parts with a fate."""
        return [part for part in self.included if part.fate is fate]


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing, or to be known: its sign, in words, and the next key with what it does."""

    sign: str
    role: Role
    words: str
    keys: tuple[tuple[str, str], ...] = ()


def missing(release: Release) -> list[Lack]:
    """Return why the release cannot begin, one thing each; empty where it can."""
    if release.trouble is not None:
        why = error_words(release.trouble, release.key)
        return [Lack(release.glyphs.failed, "bad", why, ((release.key("releases.refresh"), "tries again"),))]
    found = [*_running(release), *_closed(release), *_troubled(release), *_unread(release)]
    reading = [part for part in release.parts.values() if part.fate is Fate.READING and not part.left_out]
    if reading:
        words = f"reading what would be promoted: {len(reading)} of {plural(len(release.parts), 'service')} to go"
        found.append(Lack(release.glyphs.loading, "muted", words))
    if not release.included and not reading:
        found.append(_empty(release))
    if release.read_only:
        found.append(Lack(release.glyphs.attention, "warn", "started with --read-only: nothing is deployed from here"))
    return found


def _running(release: Release) -> list[Lack]:
    running = release.of(Fate.RUNNING)
    watch = ((release.key("app.runs"), "watches"),)
    names = listed([part.service for part in running], 3)
    words = f"{release.stage.name} is being deployed to: {names}"
    found = [Lack(release.glyphs.running(), "live", words, watch)] if running else []
    lost = release.of(Fate.UNSETTLED)
    words = f"it is not known how the last run ended: {listed([part.service for part in lost], 3)}"
    opens = ((release.key("app.runs"), "opens the run to reconcile it"),)
    return [*found, Lack(release.glyphs.unknown, "warn", words, opens)] if lost else found


def _closed(release: Release) -> list[Lack]:
    out = (release.key("releases.mark"), "leaves it out")
    found = []
    for part in release.of(Fate.CLOSED):
        gate = leading_first(part.draft.gates)[0] if part.draft else None
        reason = gate.reason if gate else ""
        found.append(Lack(release.glyphs.failed, "warn", f"{part.service}: {reason}", (out,)))
    return found


def _troubled(release: Release) -> list[Lack]:
    again = (release.key("releases.refresh"), "reads again")
    return [
        Lack(release.glyphs.failed, "bad", f"{part.service}: {part.error.cause}", (again,))
        for part in release.of(Fate.TROUBLE)
        if part.error
    ]


def _unread(release: Release) -> list[Lack]:
    by_reason: dict[tuple[str, bool], list[str]] = {}
    for part in release.of(Fate.UNREAD):
        cell = part.view.cell if part.view else None
        if isinstance(cell, Unreachable):
            by_reason.setdefault((cell.reason, cell.login), []).append(part.service)
    found = []
    for (reason, login), names in by_reason.items():
        who = names[0] if len(names) == 1 else plural(len(names), "service")
        key = (release.key("app.login"), "logs in") if login else (release.key("releases.refresh"), "reads again")
        found.append(Lack(release.glyphs.unknown, "warn", f"{who} could not be read: {reason}", (key,)))
    return found


def _empty(release: Release) -> Lack:
    if release.left_out:
        words = "every service that has something waiting is left out"
        return Lack(release.glyphs.never, "muted", words, ((release.key("releases.mark"), "takes one in"),))
    way = "releases.earlier" if release.stage.after else "releases.later"
    other = ((release.key(way), "chooses another stage"),)
    return Lack(release.glyphs.never, "muted", f"nothing is waiting for {release.stage.name}", other)


def notices(release: Release) -> list[Lack]:
    """Return what does not keep the release from beginning, but should be known before."""
    found = []
    if release.stale is not None:
        words = f"not read again: {release.stale.subject}: {release.stale.cause}"
        again = ((release.key("releases.refresh"), "tries again"),)
        found.append(Lack(release.glyphs.attention, "warn", words, again))
    for part in release.included:
        draft = part.draft
        if draft is not None and draft.removes:
            who = ", ".join(dict.fromkeys(commit.author for commit in draft.removes[:20]))
            words = f"{part.service} would take {plural(len(draft.removes), 'commit')} away, by {who}"
            found.append(Lack(release.glyphs.attention, "warn", words, ((release.key("releases.diff"), "shows it"),)))
        elif draft is not None and untold(draft):
            words = f"{part.service}: what would change cannot be told"
            found.append(Lack(release.glyphs.attention, "warn", words, ((release.key("rows.choose"), "opens it"),)))
    return [*found, *_not_before(release)]


def _not_before(release: Release) -> list[Lack]:
    out = {part.service for part in release.left_out}
    takes = ((release.key("releases.mark"), "takes it in"),)
    pairs = [(part.service, need) for part in release.included for need in release.needs[part.service] if need in out]
    return [
        Lack(release.glyphs.attention, "warn", f"{name} depends on {need}, which is left out", takes)
        for name, need in pairs
    ]


def listed(names: Sequence[str], most: int) -> str:
    """Return `billing, orders and catalog`; more than `most` are counted."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)
