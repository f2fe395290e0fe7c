"""Which commit a stage with `promote_on: verified` takes: the newest that the stage before proved and gates let in."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.gates.decisions import current_hold, describe_decision
from promote_tui.core.git.relation import Behind, NotApplicable, Pair
from promote_tui.core.model.cells import Deployed, Unreachable, commit_of
from promote_tui.core.sync.auto_promotion import VerifiedCandidate, choose_candidate
from promote_tui.core.sync.decision import Current, Undecided, Waiting
from promote_tui.core.sync.item import SyncItem
from promote_tui.core.sync.tip import DueCommit
from promote_tui.core.text import plural, short
from promote_tui.engine.proposed_commits import allowed_equivalent, verified_commits
from promote_tui.engine.sync.examination import describe_trouble, examine_commit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.git.relation import Relation
    from promote_tui.core.model.cells import Cell
    from promote_tui.core.model.pipeline import Commit, Stage
    from promote_tui.core.sync.decision import SyncDecision
    from promote_tui.engine.sync.selection import SyncTarget

_LOOKED_AT = 20
"""Commits that are looked at, newest first: one that has soaked is among them, or nothing has moved for long."""


def read_verified(each: SyncTarget, cell: Cell, before: Cell, *, retry: bool) -> SyncItem:
    """Return what is due on a target of what is verified in the stage before; trouble is an answer, never raised.

    `cell` is that of the target, `before` that of the service in the stage before.
    """
    try:
        commit, found = _decide(each, cell, before, retry=retry)
    except PromoteError as error:
        commit, found = None, describe_trouble(error)
    where = each.service.name, each.stage.name, each.trigger
    return SyncItem(*where, each.before.name, commit, commit_of(cell), found)


def _decide(each: SyncTarget, cell: Cell, before: Cell, *, retry: bool) -> tuple[Commit | None, SyncDecision]:
    source = each.before
    if isinstance(before, Unreachable):
        return None, Undecided(
            f"unknown what is verified in {source.name}: {before.reason}", before.remedy, before.login
        )
    if isinstance(cell, Deployed) and commit_of(before) == cell.commit:
        return None, Current(f"{each.stage.name} runs {short(cell.commit)}, as {source.name} does")
    held = _hold_before(each, source)
    if held is not None:
        return None, held
    chosen = choose_candidate(_candidates(each, cell, source, retry=retry))
    if chosen is None:
        return None, Current(f"nothing is verified in {source.name} that {each.stage.name} could take")
    return chosen.commit, chosen.decision


def _hold_before(each: SyncTarget, source: Stage) -> Waiting | None:
    """Return that the stage before is on hold, as after a rollback: what happens there is for people to find out."""
    decisions = each.context.ledger.decisions(each.service.name, source.name)
    hold = current_hold(decisions, source.name, each.context.clock.now())
    if hold is None:
        return None
    remedy = f"promote-tui unhold {each.service.name} {source.name} --reason WHY"
    return Waiting(f"{source.name} is {describe_decision('held', hold)}", remedy, patient=True)


def _candidates(each: SyncTarget, cell: Cell, source: Stage, *, retry: bool) -> Iterator[VerifiedCandidate]:
    verified = verified_commits(each.context, each.service, source)
    allowed = (allowed_equivalent(each.context, each.service, each.stage, sha) for sha in verified)
    for sha in islice(dict.fromkeys(filter(None, allowed)), _LOOKED_AT):
        relation = _relation(each, cell, sha)
        due = DueCommit(each.service.name, each.stage.name, f"verified in {source.name}", sha, cell, relation)
        commit = each.context.graph.commits(each.service, {sha})[sha]
        yield VerifiedCandidate(commit, _is_ahead(due, relation) or examine_commit(each, due, retry=retry))


def _relation(each: SyncTarget, cell: Cell, sha: str) -> Relation:
    if not isinstance(cell, Deployed) or cell.commit == sha:
        return NotApplicable()
    pair = Pair(each.service, sha, cell.commit)
    return each.context.graph.relations([pair]).get(pair, NotApplicable())


def _is_ahead(due: DueCommit, relation: Relation) -> Current | None:
    """Return that the stage has more than the stage before it verified, as after a hotfix that was merged."""
    if not isinstance(relation, Behind):
        return None
    return Current(f"{due.stage} is {plural(relation.behind, 'commit')} ahead of {short(due.commit)}, {due.source}")
