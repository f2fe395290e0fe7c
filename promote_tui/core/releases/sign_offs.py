"""What people have signed off for a release: one approval and one checklist for the whole set of commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from promote_tui.core.gates.approvals import Tally, tally_approvals
from promote_tui.core.gates.decisions import ticks_by_item
from promote_tui.core.identity import person
from promote_tui.core.text import list_first
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.model.pipeline import Stage

APPROVALS = "approvals"
"""The name of the sign-off that is no item of a checklist."""


class Tick(Value):
    """An item of the checklist for one service; `by` is empty where it is not ticked."""

    item: str
    by: str = ""


class MemberSignOffs(Value):
    """What is signed off for one service of a release; `approvals` is None where its stage asks for none."""

    service: str
    approvals: Tally | None
    checklist: tuple[Tick, ...]


class ReleaseSignOff(Value):
    """One thing to be signed off for the set: the approvals, or an item of the checklist.

    `given` and `missing` are services, `by` the people whose word counts.
    """

    kind: Literal["approvals", "item"]
    name: str
    given: tuple[str, ...]
    missing: tuple[str, ...]
    by: tuple[str, ...]
    details: str = ""

    @property
    def is_given(self) -> bool:
        """Whether it is signed off for every service."""
        return not self.missing

    @property
    def words(self) -> str:
        """Return `by bob`, `missing for orders and 3 more: 0 of 1 approval so far`."""
        by = f"by {list_first(self.by)}" if self.by else ""
        if self.is_given:
            return by
        why = f": {self.details}" if self.details else ""
        missing = f"missing for {list_first(self.missing)}{why}" if self.given else f"missing{why}"
        return f"{missing} ({by} for the others)" if self.given and by else missing


def judge_sign_offs(
    service: str, stage: Stage, decisions: Sequence[Decision], promoter: str, trusted: tuple[str, ...] = ()
) -> MemberSignOffs:
    """Return what these decisions, all about the code of one service, come to; `promoter` is an ARN."""
    rule = stage.rules.approvals
    tally = tally_approvals(rule, decisions, stage.name, person(promoter, trusted), trusted) if rule else None
    ticked = ticks_by_item(decisions, stage.name)
    ticks = tuple(Tick(item, ticked[item].who if item in ticked else "") for item in stage.rules.checklist)
    return MemberSignOffs(service, tally, ticks)


def join_sign_offs(members: Sequence[MemberSignOffs]) -> tuple[ReleaseSignOff, ...]:
    """Return the sign-offs of a release: the approvals first, then the checklist in its order."""
    items = dict.fromkeys(tick.item for member in members for tick in member.checklist)
    return (*_approvals(members), *(_item(members, item) for item in items))


def _approvals(members: Sequence[MemberSignOffs]) -> Iterator[ReleaseSignOff]:
    tallies = [(member.service, member.approvals) for member in members if member.approvals is not None]
    if not tallies:
        return
    short_of = [tally for _, tally in tallies if not tally.is_enough]
    yield ReleaseSignOff(
        "approvals",
        APPROVALS,
        tuple(service for service, tally in tallies if tally.is_enough),
        tuple(service for service, tally in tallies if not tally.is_enough),
        _once(who for _, tally in tallies for who in tally.counted),
        f"{short_of[0].count_words}{_discounted(short_of[0])}" if short_of else "",
    )


def _discounted(tally: Tally) -> str:
    own = "; that of who promotes does not count" if tally.includes_own else ""
    outside = f"; {list_first(tally.outsiders)} not{tally.group_words}" if tally.outsiders else ""
    return f"{own}{outside}"


def _item(members: Sequence[MemberSignOffs], item: str) -> ReleaseSignOff:
    ticks = [(member.service, tick) for member in members for tick in member.checklist if tick.item == item]
    return ReleaseSignOff(
        "item",
        item,
        tuple(service for service, tick in ticks if tick.by),
        tuple(service for service, tick in ticks if not tick.by),
        _once(tick.by for _, tick in ticks if tick.by),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
