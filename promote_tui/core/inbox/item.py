"""What an inbox holds: things that wait for a person, each with the command that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from promote_tui.core.value import Moment, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

ItemKind: TypeAlias = Literal["release", "approval", "tick", "soak", "hold", "hotfix", "external", "unread"]
KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
"""In the order in which they are shown: what holds up most comes first."""
KIND_WORDS: dict[ItemKind, str] = {
    "release": "releases that wait for an answer",
    "approval": "approvals",
    "tick": "items to tick",
    "soak": "soaked, ready to promote",
    "hold": "holds to lift",
    "hotfix": "hotfixes to merge back",
    "external": "external updates to adopt",
    "unread": "could not be read",
}


class Viewer(Value):
    """The person at the keyboard: `person` as decisions know them, `who` as people do.

    `names` are theirs in lower case, as owners and authors are written; `trusted` are the roles whose session names
    are people.
    """

    person: str
    who: str = ""
    names: frozenset[str] = frozenset()
    trusted: tuple[str, ...] = ()

    def is_named(self, names: Iterable[str]) -> bool:
        """Tell whether one of these names is theirs."""
        return any(name.lower() in self.names for name in names)


class InboxItem(Value):
    """One thing that waits for a person.

    `services` are those that it is about in `stage`. `words` say what waits, `since` when it began to (None: that is
    not known), `command` does it. `is_mine`: it is about what the viewer owns, wrote or began. `commit` is the full
    hash that it is about, with its `subject`, `release` the name of the release, `entry` the item of a checklist, each
    empty where there is none. Of the kind `unread` the words are why it is not known what waits, and the command may be
    a remedy in words.
    """

    kind: ItemKind
    services: tuple[str, ...]
    stage: str
    words: str
    command: str
    since: Moment | None = None
    is_mine: bool = False
    commit: str = ""
    release: str = ""
    entry: str = ""
    subject: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What it is known by: the same whatever its words say by now."""
        return self.kind, self.stage, self.services, self.commit, self.release, self.entry

    @property
    def about(self) -> str:
        """What it is about in a word or two: `orders/prod`, `release 2026-11-30`, `3 services/prod`, or all stages."""
        if self.release or not self.services:
            return f"release {self.release}" if self.release else self.stage or "all stages"
        named = self.services[0] if len(self.services) == 1 else f"{len(self.services)} services"
        return f"{named}/{self.stage}"


class Inbox(Value):
    """All that waits for a person, in the order in which it is shown."""

    items: tuple[InboxItem, ...] = ()

    @property
    def count(self) -> int:
        """How many things wait; what could not be read is none of them."""
        return sum(item.kind != "unread" for item in self.items)

    def of_kind(self, kind: ItemKind) -> tuple[InboxItem, ...]:
        """Return the items of a kind."""
        return tuple(item for item in self.items if item.kind == kind)

    def mine(self) -> Inbox:
        """Return what the viewer owns, wrote or began; what could not be read may be among it."""
        return Inbox(tuple(item for item in self.items if item.is_mine or item.kind == "unread"))


def sort_items(items: Iterable[InboxItem]) -> Inbox:
    """Return the items kind by kind, of each kind the viewer's own first, then what waits longest."""
    return Inbox(tuple(sorted(items, key=_place)))


def _place(item: InboxItem) -> tuple[int, bool, bool, float, str, tuple[str, ...]]:
    at = item.since.timestamp() if item.since else 0.0
    return KINDS.index(item.kind), not item.is_mine, item.since is None, at, item.stage, item.services
