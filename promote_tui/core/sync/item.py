"""A service in a stage as sync sees it: where its commit comes from, which one is due, and what is done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.gates.provenance import StageOrderGate
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.sync.decision import (
    Current,
    Deploy,
    Failure,
    Regression,
    SyncDecision,
    Unchanged,
    Undecided,
    Waiting,
    remedy_of,
)
from promote_tui.core.text import advice
from promote_tui.core.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Trigger: TypeAlias = Literal["merge", "verified"]
"""Why a commit is due: it is the tip of the stage's branch, or it is verified in the stage before."""

_WORKED, _FAILED, _WOULD_DEPLOY, _REFUSED, _LOGIN = 0, 1, 5, 3, 4


class SyncItem(Value):
    """One service in one stage; `source` is the branch, or the stage before, that the commit comes from.

    `commit` is None where no commit is known to be due, `deployed` where it is not known what the stage runs.
    """

    service: str
    stage: str
    trigger: Trigger
    source: str
    commit: Commit | None
    deployed: str | None
    decision: SyncDecision

    @property
    def is_due(self) -> bool:
        """Whether it is deployed when its turn comes."""
        return isinstance(self.decision, Deploy) and not self.decision.run

    @property
    def is_there(self) -> bool:
        """Whether the stage runs what is due, or does after this sync."""
        return isinstance(self.decision, Current | Unchanged | Deploy)


def hold_back_dependents(items: Sequence[SyncItem], needs: Mapping[str, Collection[str]]) -> tuple[SyncItem, ...]:
    """Return the items with each due one waiting that depends on a service which does not get what is due to it.

    All are of one stage; `needs` are the services that each depends on. A service that is not among the items holds
    back no other.
    """
    found = {item.service: item for item in items}
    while True:  # what is held back may hold back others
        held = {name: _held_back(item, found, needs.get(name, ())) for name, item in found.items()}
        if all(held[name] is item for name, item in found.items()):
            return tuple(found.values())
        found = held


def expect_in_stages(
    items: Sequence[SyncItem], needs: Mapping[str, Collection[str]], before: Mapping[str, str | None]
) -> tuple[SyncItem, ...]:
    """Return what a sync of these items would do, stage by stage: what one stage gets may be due in the next.

    `before` is the stage that each comes after.
    """
    done: dict[tuple[str, str], SyncItem] = {}
    for stage in dict.fromkeys(item.stage for item in items):
        after = before.get(stage) or ""
        mine = [_expected(item, done.get((item.service, after))) for item in items if item.stage == stage]
        done |= {(item.service, stage): item for item in hold_back_dependents(mine, needs)}
    return tuple(done.values())


def _expected(item: SyncItem, earlier: SyncItem | None) -> SyncItem:
    """Return the item, due where it waits for nothing but the stage before, which gets its commit first."""
    decision = item.decision
    if earlier is None or not earlier.is_due or earlier.commit != item.commit or not isinstance(decision, Waiting):
        return item
    if decision.gates != (StageOrderGate.name,):
        return item
    return replace(item, decision=Deploy(f"once it is verified in {earlier.stage}"))


def _held_back(item: SyncItem, items: Mapping[str, SyncItem], needs: Collection[str]) -> SyncItem:
    missing = [name for name in needs if name in items and not items[name].is_there]
    if not item.is_due or not missing:
        return item
    words = f"{missing[0]}, which it depends on, is not deployed: {items[missing[0]].decision.reason}"
    return replace(item, decision=Waiting(words, f"see {missing[0]}, then sync again"))


def exit_code(items: Sequence[SyncItem], *, check: bool) -> int:
    """Return how sync ends: what failed goes before what cannot be known, and that before what is refused.

    With `check`, 5 says that something would be deployed.
    """
    decisions = [item.decision for item in items]
    if check and any(item.is_due for item in items):
        return _WOULD_DEPLOY
    if any(isinstance(each, Failure) for each in decisions):
        return _FAILED
    if any(isinstance(each, Undecided) for each in decisions):
        login = any(isinstance(each, Undecided) and each.login for each in decisions)
        return _LOGIN if login else _FAILED
    refused = (isinstance(each, Regression) or (isinstance(each, Waiting) and not each.patient) for each in decisions)
    return _REFUSED if any(refused) else _WORKED


def describe(item: SyncItem) -> str:
    """Return the reason with its next step."""
    return advice(item.decision.reason, remedy_of(item.decision))
