"""A whole sync: stage by stage in the order of promotion, each service after those that it depends on.

What is due is read again before its turn where anything was deployed meanwhile: a newer tip takes the place of the one
that was seen first. Nothing is kept but what runs write into the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promote_tui.core.gates.model import Allowance
from promote_tui.core.planning.waves import waves
from promote_tui.core.sync.decision import Superseded, Waiting
from promote_tui.core.sync.item import SyncItem, hold_back_dependents
from promote_tui.core.text import short
from promote_tui.core.value import replace as changed
from promote_tui.engine.sync.bypasses import record_bypasses
from promote_tui.engine.sync.deploying import SyncDeploy, SyncWatcher
from promote_tui.engine.sync.fetching import fetch_branches
from promote_tui.engine.sync.locks import wait_for_lock
from promote_tui.engine.sync.reading import SyncReader
from promote_tui.engine.sync.selection import SyncSelection, SyncTarget
from promote_tui.engine.sync.tips import Tips

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from promote_tui.core.runs.run import Process
    from promote_tui.engine.governance import Governance

_POLL_SECONDS = 2.0
_LOOKS = 3
"""How often what has moved while it was planned is looked at again."""


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What a sync is asked to do; `waits` for locks that are held, `fetches` again while it works.

    `allowances` are resources that may lose data; `resting` are (service, stage, commit) of what is not tried for now.
    """

    selection: SyncSelection
    allowances: tuple[Allowance, ...] = ()
    waits: bool = False
    fetches: bool = True
    resting: frozenset[tuple[str, str, str]] = frozenset()

    def without(self, resting: frozenset[tuple[str, str, str]]) -> SyncRequest:
        """Return the request with other commits that are not tried for now."""
        return replace(self, resting=resting)


class SyncExecution:
    """One sync, by the branches as `tips` reads them first."""

    def __init__(
        self,
        governance: Governance,
        me: Process,
        wanted: SyncRequest,
        watcher: SyncWatcher,
        tips: Tips,
    ) -> None:
        self._governance, self._me = governance, me
        self._wanted, self._watcher = wanted, watcher
        self._reader = SyncReader(governance.context, tips, wanted.selection.retry)
        self._started = False

    def execute(self, targets: Sequence[SyncTarget]) -> tuple[SyncItem, ...]:
        """Deploy what is due at these targets, and return what became of each, also of what was superseded."""
        record_bypasses(self._governance.context, targets)
        seen = self._reader.read(targets)
        done: list[SyncItem] = []
        for stage in self._governance.pipeline.stages:
            mine = [each for each in targets if each.stage.name == stage.name]
            found = self._reader.read(mine) if self._started else [item for item in seen if item.stage == stage.name]
            done += self._sync_stage(mine, found)
        return tuple(done)

    def _sync_stage(self, targets: Sequence[SyncTarget], found: Sequence[SyncItem]) -> Iterator[SyncItem]:
        items = {item.service: item for item in found}
        needs = {each.service.name: each.service.depends_on for each in targets}
        by_name = {each.service.name: each for each in targets}
        for wave in waves([each.service for each in targets]):
            for name in wave.services:
                now = _held_back(items, name, needs) if items[name].is_due else items[name]
                for item in self._settle(by_name[name], now):
                    items[name] = item
                    self._watcher.settle(item)
                    yield item

    def _settle(self, each: SyncTarget, item: SyncItem) -> Iterator[SyncItem]:
        """Yield what becomes of an item, after those whose place it takes."""
        looks, stale = 0, item.is_due and self._started
        while True:
            if stale:
                again = self._look_again(each)
                yield from _superseded(item, again)
                item = again
            item = self._rest(item)
            item = self._deploy(each, item) if item.is_due else item
            looks += isinstance(item.decision, Waiting) and item.decision.moved
            stale = looks < _LOOKS and self._is_worth_another_look(each, item)
            if not stale:
                break
        yield item

    def _rest(self, item: SyncItem) -> SyncItem:
        """Return the item, waiting where its deploy could not begin a short time ago."""
        sha = item.commit.sha if item.commit else ""
        if not item.is_due or (item.service, item.stage, sha) not in self._wanted.resting:
            return item
        return changed(item, decision=Waiting("its deploy could not begin; tried again later", "see above"))

    def _is_worth_another_look(self, each: SyncTarget, item: SyncItem) -> bool:
        """Tell whether to look again at what was kept away, once the lock is free that it may wait for."""
        if not isinstance(item.decision, Waiting):
            return False
        if not item.decision.lock_of or not self._wanted.waits:
            return item.decision.moved
        self._watcher.step(f"{each.target}: {item.decision.reason}; waiting")
        held: Waiting | None = item.decision
        while held is not None and held.lock_of:
            each.context.clock.sleep(_POLL_SECONDS)
            held = wait_for_lock(each.context, each.target)
        return held is None

    def _look_again(self, each: SyncTarget) -> SyncItem:
        """Return what is due now, by branches that are fetched again."""
        unfetched = fetch_branches([each]) if self._wanted.fetches else {}
        return replace(self._reader, tips=Tips(unfetched)).read([each])[0]

    def _deploy(self, each: SyncTarget, item: SyncItem) -> SyncItem:
        self._watcher.begin(item)
        work = SyncDeploy(self._governance, self._me, each, self._wanted.allowances, self._watcher)
        self._started = True
        return changed(item, decision=work.execute(item))


def _held_back(items: Mapping[str, SyncItem], name: str, needs: Mapping[str, Collection[str]]) -> SyncItem:
    """Return an item, waiting where what it depends on is not deployed by now."""
    return next(item for item in hold_back_dependents([*items.values()], needs) if item.service == name)


def _superseded(item: SyncItem, now: SyncItem) -> Iterator[SyncItem]:
    """Yield the item as superseded where another commit is due by now."""
    if item.commit is not None and now.commit is not None and item.commit.sha != now.commit.sha:
        what = "the tip of" if now.trigger == "merge" else "what is due from"
        words = f"{short(now.commit.sha)} is {what} {now.source} now"
        yield changed(item, decision=Superseded(now.commit.sha, words))
