"""What is due where: stacks, branches and how commits relate are each read at once for everything.

Gates, locks and the record are asked only of what differs: with nothing to do, a sync costs little more than a fetch
and a look at each account's stacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.git.relation import NotApplicable, Pair, Unknown
from promote_tui.core.model.cells import Deployed, Halfway, Unreported, commit_of
from promote_tui.core.model.pipeline import Branch
from promote_tui.core.sync.decision import Undecided
from promote_tui.core.sync.item import SyncItem
from promote_tui.core.sync.tip import DueCommit
from promote_tui.engine.cells import read_cell
from promote_tui.engine.context import Context
from promote_tui.engine.sync.auto_promotion import read_verified
from promote_tui.engine.sync.examination import describe_trouble, examine_commit
from promote_tui.engine.sync.tips import Tips

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.core.git.relation import Relation
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Target
    from promote_tui.engine.sync.selection import SyncTarget


@dataclass(frozen=True, slots=True)
class SyncReader:
    """Reads what is due; `retry`: also what failed or was rolled back before."""

    context: Context
    tips: Tips
    retry: bool = False

    def read(self, targets: Sequence[SyncTarget]) -> tuple[SyncItem, ...]:
        """Return what is due at each target, in their order; trouble is an answer, never raised."""
        before = [each.service.target(each.before.name) for each in targets if each.trigger == "verified"]
        cells = self.context.stacks.cells([*(each.target for each in targets), *before])
        found = {each.target: _tip(each, self.tips) for each in targets if each.trigger == "merge"}
        relations = self._relations(targets, found, cells)
        return tuple(
            _merge_item(each, found[each.target], _whole(each, cells[each.target]), relations, retry=self.retry)
            if each.target in found
            else self._verified_item(each, cells)
            for each in targets
        )

    def _verified_item(self, each: SyncTarget, cells: Mapping[Target, Cell]) -> SyncItem:
        before = cells[each.service.target(each.before.name)]
        trouble = each.problem or self.tips.unfetched.get(each.service.repo)
        if trouble is not None:
            where = each.service.name, each.stage.name, each.trigger, each.before.name
            return SyncItem(*where, None, commit_of(cells[each.target]), describe_trouble(trouble))
        return read_verified(each, _whole(each, cells[each.target]), before, retry=self.retry)

    def _relations(
        self,
        targets: Sequence[SyncTarget],
        tips: Mapping[Target, Branch | Undecided],
        cells: Mapping[Target, Cell],
    ) -> Mapping[Pair, Relation]:
        made = (_pair(each, tips.get(each.target), cells[each.target]) for each in targets)
        pairs = [pair for pair in made if pair is not None]
        try:
            return self.context.graph.relations(pairs) if pairs else {}
        except PromoteError as error:
            return dict.fromkeys(pairs, Unknown(error.cause))


def _tip(each: SyncTarget, tips: Tips) -> Branch | Undecided:
    try:
        branch = tips.find(each)
    except PromoteError as error:
        return describe_trouble(error)
    names = _names(each)
    return branch or Undecided(
        f"its repository has no branch {names}, or no longer", "see deploy_on_merge of the stage"
    )


def _names(each: SyncTarget) -> str:
    return " or ".join(each.stage.branches_on_merge(each.service.name))


def _pair(each: SyncTarget, tip: Branch | Undecided | None, cell: Cell) -> Pair | None:
    """Return the two commits to be compared; None where there is nothing to compare."""
    if not isinstance(tip, Branch) or not isinstance(cell, Deployed) or cell.commit == tip.tip.sha:
        return None
    return Pair(each.service, tip.tip.sha, cell.commit)


def _whole(each: SyncTarget, cell: Cell) -> Cell:
    """Return the cell with what only the record knows of it."""
    return read_cell(each.context, each.target) if isinstance(cell, Halfway | Unreported) else cell


def _merge_item(
    each: SyncTarget, tip: Branch | Undecided, cell: Cell, relations: Mapping[Pair, Relation], *, retry: bool
) -> SyncItem:
    where = each.service.name, each.stage.name, each.trigger
    if isinstance(tip, Undecided):
        return SyncItem(*where, _names(each), None, commit_of(cell), tip)
    pair = _pair(each, tip, cell)
    relation = relations.get(pair, NotApplicable()) if pair else NotApplicable()
    due = DueCommit(*where[:2], f"the tip of {tip.name}", tip.tip.sha, cell, relation)
    return SyncItem(*where, tip.name, tip.tip, commit_of(cell), examine_commit(each, due, retry=retry))
