"""The matrix at one moment."""

from __future__ import annotations

from collections.abc import Mapping

from promote_tui.core.gates.decisions import Decision
from promote_tui.core.git.relation import NotApplicable, Relation, counts
from promote_tui.core.model.cells import Cell, CellKey
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.runs.back_merge import MergeBack
from promote_tui.core.runs.verification import NotVerified, Verification, doubt_traffic
from promote_tui.core.traffic.model import Traffic
from promote_tui.core.value import Moment, Value, field, replace


class CellView(Value):
    """A cell with what follows from it.

    - `relation` compares it with the stage named `against`, the one before.
    - `commit` is what git knows of the deployed commit.
    - `run` is the run that holds this stack's lock, and `run_since` is when it began.
    - `unsettled` says why that run has to be reconciled; it is empty while somebody works on it.
    - `usual` is how many seconds a promotion of this stack usually takes.
    - `altered` names the functions that were changed without CloudFormation, so they do not run the commit. None: not
      checked.
    - `traffic` is what serves its requests. None: not checked, or it has no function.
    - `hold` is the hold on the stage, `veto` a veto on what runs there.
    - `merge_back` is a hotfix that has to be merged back.
    - `external_update` is what somebody else did to the stack since our last run; `external_update_recorded` says that
      it is on record.
    - `only_verified`: no other commit is on record as verified, so a person has to name the one to go back to.
    """

    cell: Cell
    relation: Relation = field(default_factory=NotApplicable)
    against: str | None = None
    commit: Commit | None = None
    verification: Verification | None = None
    run: str | None = None
    run_since: Moment | None = None
    unsettled: str = ""
    usual: float | None = None
    altered: tuple[str, ...] | None = None
    traffic: Traffic | None = None
    hold: Decision | None = None
    veto: Decision | None = None
    merge_back: MergeBack | None = None
    external_update: str = ""
    external_update_recorded: bool = False
    only_verified: bool = False

    def with_traffic(self, traffic: Traffic | None) -> CellView:
        """Return the view with its traffic: a commit that not all requests reach does not count as verified."""
        if traffic is None or traffic.agrees is not False:
            return replace(self, traffic=traffic)
        return replace(self, traffic=traffic, verification=doubt_traffic(self.verification, traffic))

    @property
    def is_behind(self) -> bool:
        """Whether it lacks commits of the stage before."""
        return counts(self.relation)[1] > 0

    @property
    def unproved(self) -> bool:
        """Whether what runs there failed its smoke test, or the bake."""
        return isinstance(self.verification, NotVerified) and self.verification.unproved


class Snapshot(Value):
    """Every cell of the matrix at one moment, the unreachable ones too.

    `unrecorded` says why the ledger could not be read (empty: it was); no cell then tells of runs, holds and vetoes.
    """

    taken_at: Moment
    cells: Mapping[CellKey, CellView] = field(default_factory=dict)
    unrecorded: str = ""

    def view(self, service: str, stage: str) -> CellView:
        """Return one cell; raises KeyError."""
        return self.cells[service, stage]
