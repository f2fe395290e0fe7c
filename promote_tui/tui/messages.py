"""What threads tell the screens; handlers alone touch widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from textual.screen import Screen
    from textual.timer import Timer

    from promote_tui.core.changes.stack_drift import StackDrift
    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.approvals import Counted
    from promote_tui.core.gates.choices import Possible
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.git.commits import Between, CommitDetail, Patch
    from promote_tui.core.login import LoginNeed
    from promote_tui.core.matrix import CellKey, CellView, Snapshot
    from promote_tui.core.model.pipeline import Branch, Cell, Commit, FileChange
    from promote_tui.core.planning.next_stage import Onward
    from promote_tui.core.planning.plan import Draft, Plan
    from promote_tui.core.runs.run import Run
    from promote_tui.core.runs.typical_duration import TypicalDuration
    from promote_tui.core.stage_positions import CommitStageStatus, StagePosition
    from promote_tui.engine.checks import CheckEnd
    from promote_tui.engine.engine import Engine
    from promote_tui.engine.runs.details import StackNews
    from promote_tui.ports import Recorded
    from promote_tui.tui.actions.decisions import Choice
    from promote_tui.tui.dialogs.decisions import Decide
    from promote_tui.tui.dialogs.login import GiveCode
    from promote_tui.tui.dialogs.palette import PaletteRow
    from promote_tui.tui.screens.promote import PromoteScreen
    from promote_tui.tui.state.drifts import DriftKey, ServiceDrift


@dataclass
class EngineOpened(Message):
    """The engine is there, with the runs that still hold a lock."""

    engine: Engine
    unfinished: Sequence[Run]
    lost: Sequence[Run] = ()


@dataclass
class EngineFailed(Message):
    """The engine could not be opened."""

    error: PromoteError


@dataclass
class CellRead(Message):
    """One cell of a refresh."""

    generation: int
    key: CellKey
    view: CellView


@dataclass
class SnapshotTaken(Message):
    """A refresh is complete."""

    generation: int
    snapshot: Snapshot


@dataclass
class SnapshotKept(Message):
    """A refresh was kept for the next start."""


@dataclass
class SnapshotChecked(Message):
    """The functions of a refresh were compared with what was deployed."""

    snapshot: Snapshot


@dataclass
class CheckFailed(Message):
    """The functions could not be compared with what was deployed."""

    error: PromoteError


@dataclass
class LoginsFound(Message):
    """Which log-ins are missing; asked for a cell on a screen, and `slow` says so where it takes long."""

    key: CellKey | None
    screen: Screen[object]
    slow: Timer
    needs: Sequence[LoginNeed]
    error: PromoteError | None = None


@dataclass
class CodeTaken(Message):
    """AWS has taken an MFA code, or why not."""

    dialog: GiveCode
    need: LoginNeed
    error: PromoteError | None


@dataclass
class Decided(Message):
    """A decision stands in the ledger; `counted` is what an approval is worth, and what still lacks."""

    decision: Decision
    counted: Counted | None = None


@dataclass
class CanDecide(Message):
    """What can be decided now, or why nothing can; for the list that waits for it."""

    dialog: Decide[Choice]
    key: CellKey
    commit: Commit | None
    found: tuple[Possible, ...]
    error: PromoteError | None = None


@dataclass
class Adopted(Message):
    """What somebody else put on a stage counts as verified there now."""

    run: Run


@dataclass
class NotAdopted(Message):
    """What was to be adopted was not, and why."""

    choice: Choice
    error: PromoteError


@dataclass
class Asked(Message):
    """Others were asked for their approval; `failed` are the channels that were not told, with the reason."""

    commit: str
    failed: Sequence[tuple[str, str]]


@dataclass
class Checked(Message):
    """The checks of a stage have ended on a commit, and how is in the ledger."""

    ends: Sequence[CheckEnd]


@dataclass
class Fetched(Message):
    """The repositories were brought up to date, but for these; `engine` goes by the rules as they are there now."""

    troubles: Sequence[PromoteError]
    engine: Engine | None = None


@dataclass
class DriftsRead(Message):
    """The drifts of one service, for what its stacks said (`key`); `error` is why there are none."""

    key: DriftKey
    found: ServiceDrift | None
    error: PromoteError | None = None


@dataclass
class DriftAwaited(Message):
    """A drift detection goes on for so many seconds."""

    key: CellKey
    seconds: float


@dataclass
class DriftDetected(Message):
    """A drift detection has ended."""

    key: CellKey
    found: StackDrift


@dataclass
class BranchesFound(Message):
    """The branches that hold what is deployed, by service and hash."""

    branches: Mapping[tuple[str, str], Sequence[str]]


@dataclass
class PaletteRead(Message):
    """More that the palette can find."""

    rows: Sequence[PaletteRow]


@dataclass
class SnapshotFailed(Message):
    """A refresh failed as a whole."""

    generation: int
    error: PromoteError


@dataclass
class DraftRead(Message):
    """The draft of a cell that a ticket asked for, or why there is none; `runs` are the newest ones there."""

    key: CellKey
    ticket: int
    draft: Draft | None
    error: PromoteError | None
    runs: Sequence[Run] = ()


@dataclass
class PastRead(Message):
    """The runs of a cell, newest first, for its way back; without them why they could not be read."""

    key: CellKey
    runs: Sequence[Run]
    error: PromoteError | None = None


@dataclass
class PartDrafted(Message):
    """The draft of one service of a release, or why there is none; `views` are the cells that it was read for."""

    ticket: int
    key: CellKey
    views: tuple[CellView | None, CellView | None]
    draft: Draft | None
    error: PromoteError | None


@dataclass
class Drafted(Message):
    """A draft that outlives its screen, or why there is none; `generation` is the board's when it was asked for."""

    ticket: int
    generation: int
    draft: Draft | None
    error: PromoteError | None


@dataclass
class PlanStep(Message):
    """What the packaging is doing now."""

    ticket: int
    words: str


@dataclass
class PlanMade(Message):
    """A plan; if nobody waits for it any more, it is deleted."""

    ticket: int
    plan: Plan


@dataclass
class PlanReconsidered(Message):
    """A plan whose gates were asked again, or why they could not be; for whoever still waits for it."""

    ticket: int
    plan: Plan | None
    error: PromoteError | None = None


@dataclass
class PlanFailed(Message):
    """There is no plan, and why."""

    ticket: int
    error: PromoteError


@dataclass
class RunStarted(Message):
    """A run is in the ledger and goes on by itself."""

    owner: PromoteScreen
    run: str


@dataclass
class StartFailed(Message):
    """Nothing was deployed, and why."""

    error: PromoteError


@dataclass
class CommitsRead(Message):
    """A page of a branch's commits; `at` is the hash that the cursor is wanted on, empty where it is not there."""

    ticket: int
    branch: str
    commits: Sequence[Commit]
    more: bool
    at: str | None = None


@dataclass
class AboutBranch(Message):
    """What else is known of a branch: how many branches there are, all its commits, where it is fetched from.

    What is None was not read.
    """

    ticket: int
    branches: int | None
    total: int | None
    remote: str | None


@dataclass
class StandingsRead(Message):
    """On which of the service's commits each stage stands, by the stage's name."""

    ticket: int
    standings: Mapping[str, StagePosition]


@dataclass
class CommitSeen(Message):
    """A commit from near, what it is to each stage, or why it cannot be read; `cells` is what that goes by."""

    sha: str
    cells: Mapping[str, Cell]
    detail: CommitDetail | None
    stories: Sequence[CommitStageStatus]
    error: PromoteError | None


@dataclass
class PatchRead(Message):
    """The files of a diff and its patch; only the patch of `path` where that is given."""

    ticket: int
    files: Sequence[FileChange]
    patch: Patch
    path: str | None = None


@dataclass
class BetweenRead(Message):
    """The commits between the two ends of a diff."""

    ticket: int
    found: Between


@dataclass
class EndsChosen(Message):
    """The ends of a diff, as full hashes, and their names."""

    base: str
    head: str
    words: str


@dataclass
class TextMade(Message):
    """A text that was wanted for the clipboard."""

    what: str
    text: str


@dataclass
class BranchesRead(Message):
    """A service's branches."""

    branches: Sequence[Branch]


@dataclass
class ReadFailed(Message):
    """What a screen wanted to show could not be read."""

    ticket: int
    error: PromoteError


@dataclass
class RunNews(Message):
    """What a run has added since the last time, its log in raw lines; `alive` is None where it was not asked."""

    events: Sequence[Recorded]
    lines: Sequence[bytes]
    alive: bool | None = None


@dataclass
class StackRead(Message):
    """What CloudFormation has done in a run since the last time; `ended` where the run had a verdict by then."""

    ticket: int
    news: StackNews
    ended: bool


@dataclass
class UsualRead(Message):
    """How long a run usually takes; None where nobody knows."""

    usual: TypicalDuration | None


@dataclass
class BeforeRead(Message):
    """What ran in a stage before, by its hash, and where it stands on the branch that is shown."""

    ticket: int
    standings: Mapping[str, StagePosition]


@dataclass
class OnwardRead(Message):
    """What comes after a run: the next stage and the commit that may go there; None after the last stage."""

    run: str
    onward: Onward | None


@dataclass
class PagerReady(Message):
    """A private copy of a log that a pager may show; to be deleted afterwards."""

    copy: Path


@dataclass
class Trouble(Message):
    """What went wrong in a thread whose screen has no place of its own for it."""

    error: PromoteError


def dropped(message: Message) -> None:
    """Clean up after an answer that nobody hears any more."""
    if isinstance(message, PagerReady):
        message.copy.unlink(missing_ok=True)


@dataclass
class RunsRead(Message):
    """Runs, and where to go on; to be appended where they go on from a cursor."""

    ticket: int
    runs: Sequence[Run]
    cursor: str | None
    more_of: str | None


@dataclass
class RunsUpdated(Message):
    """How the live runs stand now, those that have just ended too."""

    ticket: int
    runs: Sequence[Run]


@dataclass
class RunsSeen(Message):
    """How the runs that were started here stand now."""

    runs: Sequence[Run]


@dataclass
class RunsSettled(Message):
    """How runs have ended of which that was not known before."""

    runs: Sequence[Run]


@dataclass
class Answered(Message):
    """What a request to a run came to, in words."""

    words: str
    failed: bool = False
