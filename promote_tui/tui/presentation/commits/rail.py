"""The commit rail: on which commit each stage stands, and what stands above and beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from promote_tui.core.cell_state import CellState, drift_of, state_of
from promote_tui.core.filter_query import Values, describe_misread
from promote_tui.core.git.relation import Behind
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import commit_of, reported_text
from promote_tui.core.model.pipeline import Commit, Stage
from promote_tui.core.text import plural, short
from promote_tui.tui.presentation.lines import AGE, WHO, person, who_and_age
from promote_tui.tui.presentation.pipeline.states import glyph_of
from promote_tui.tui.presentation.style import BLANK, Role, align_right, cut_middle, fit, ink, line, spread, wrap
from promote_tui.tui.presentation.wording import drift_brief

if TYPE_CHECKING:
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.stage_positions import StagePosition
    from promote_tui.tui.presentation.glyphs import Glyphs

Views = Sequence[tuple[Stage, CellView | None]]
_MANY = 4
"""So many stages need the room between them."""
_RELATED = {CellState.BEHIND, CellState.AHEAD, CellState.DIVERGED}


@dataclass(frozen=True, slots=True)
class RailRow:
    """A commit with its place in the branch; None for one that only a stage has."""

    commit: Commit
    at: int | None


@dataclass(frozen=True)
class Rail:
    """Everything that a row is drawn from."""

    views: Views
    standings: Mapping[str, StagePosition]
    commits: Sequence[Commit]
    now: datetime
    glyphs: Glyphs
    searching: bool = False
    stage: str = ""
    """The stage that may go back to the commits of `before`."""
    before: Mapping[str, StagePosition] = field(default_factory=dict)
    """What ran in that stage before."""

    @cached_property
    def last_stage_row(self) -> int:
        """The lowest row on which a stage stands; -1 where none does."""
        stood = {one.commit.sha for one in self.standings.values() if one.commit is not None and one.here}
        return max((at for at, commit in enumerate(self.commits) if commit.sha in stood), default=-1)

    @cached_property
    def author_width(self) -> int:
        """How wide the authors' column is: no wider than the names are."""
        names = [*self.commits, *(one.commit for one in self.standings.values() if one.commit is not None)]
        return max(3, min(WHO, max((len(person(commit.author, WHO)) for commit in names), default=0)))

    @property
    def past_words(self) -> str:
        """What is said of the commits that ran in the stage before."""
        return f"was {self.stage.upper()}" if self.before else ""


def off_branch_rows(rail: Rail) -> list[RailRow]:
    """Return the commits that stages run and the branch lacks, each once, the newest first."""
    stood = (*rail.standings.values(), *rail.before.values())
    found = {one.commit.sha: one.commit for one in stood if one.commit is not None and not one.here}
    return [RailRow(commit, None) for commit in sorted(found.values(), key=lambda it: it.authored_at, reverse=True)]


def unfetched_commits(rail: Rail) -> list[tuple[str, str]]:
    """Return (stage, what it runs) where this clone lacks the commit."""
    lost = [name for name, one in rail.standings.items() if one.commit is None]
    by_name = {stage.name: view for stage, view in rail.views}
    pairs = [(name, commit_of(view.cell)) for name in lost if (view := by_name.get(name)) is not None]
    return [(name, sha) for name, sha in pairs if sha]


def _stages_width(views: Views) -> int:
    names = [stage.name for stage, _ in views]
    return max(8, min(20, max(len(" ".join(names[at : at + 2])) for at in range(len(names)))))


def columns(rail: Rail, width: int) -> Content:
    """Return the heads of the rail's columns."""
    stages = align_right(ink("STAGE", "label"), _stages_width(rail.views))
    right = line(fit(ink("WHO", "label"), rail.author_width), align_right(ink("AGE", "label"), AGE))
    return spread(line(stages, ink("     COMMIT   SUBJECT", "label")), right, width)


def row(rail: Rail, item: RailRow, width: int, *, here: bool) -> Content:
    """Return `STAGING  ▼  a81be07  Fix invoice rounding   ana  6d`."""
    commit = item.commit
    stands = [(stage, view) for stage, view in rail.views if _stands(rail, stage, commit)]
    names = _names([stage.name.upper() for stage, _ in stands], _stages_width(rail.views))
    was = any(one.commit is not None and one.commit.sha == commit.sha for one in rail.before.values())
    names = names or (rail.past_words[: _stages_width(rail.views)] if was else "")
    mark = glyph_of(state_of(stands[-1][1]), rail.glyphs) if stands else _line(rail, item.at)
    past: Role = (
        "plain"
        if item.at is None or rail.last_stage_row < 0 or item.at <= rail.last_stage_row or rail.searching
        else "muted"
    )
    left = line(align_right(ink(names, "strong"), _stages_width(rail.views)), "  ", mark, "  ")
    text = line(left, ink(commit.short, past), "  ", ink(commit.subject, "strong" if here else past))
    return spread(text, who_and_age(commit, rail.now, rail.author_width), width)


def _names(names: Sequence[str], width: int) -> str:
    """Return the names, or the last one and how many more there are."""
    every = " ".join(names)
    return every if len(every) <= width else f"+{len(names) - 1} {names[-1]}"


def _stands(rail: Rail, stage: Stage, commit: Commit) -> bool:
    standing = rail.standings.get(stage.name)
    return standing is not None and standing.commit is not None and standing.commit.sha == commit.sha


def _line(rail: Rail, at: int | None) -> Content:
    """Return the rail itself: what waits to go on to a stage further down is above the lowest one."""
    waiting = at is not None and at < rail.last_stage_row and not rail.searching
    return ink(rail.glyphs.rail, "warn" if waiting else "faint")


def note(rail: Rail, words: str, role: Role = "muted", stage: str = "") -> Content:
    """Return a line among the commits that is about them: it stands where their hashes do."""
    names = align_right(ink(stage.upper(), "strong"), _stages_width(rail.views))
    mark = ink(rail.glyphs.unknown, "warn") if stage else " "
    return line(names, "  ", mark, "  ", ink(words, role))


def unfetched_words(sha: str, key: str) -> str:
    """Return what is said of a deployed commit that this clone lacks."""
    return f"{short(sha)}  not in this clone; {key} fetches"


def stage_words(view: CellView | None, glyphs: Glyphs) -> Content:
    """Return what a stage runs and how it stands, for a list of stages."""
    state = state_of(view)
    sha = commit_of(view.cell) if view else None
    words = short(sha) if sha else (reported_text(view.cell) if view else "") or state.value
    drift = drift_brief(view.relation) if view else ""
    return line(glyph_of(state, glyphs), " ", ink(f"{words:<7}", "plain"), "  ", ink(drift, "warn"))


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is: branches (None: not read yet), commits read, whether there are more, all of the branch."""

    branches: int | None
    commits: int
    more: bool
    total: int | None


def rollback_prompt(stage: str, reason: str, key: str, width: int) -> list[Content]:
    """Return that a commit to go back to is to be chosen, and why."""
    words = line(
        ink(f"roll back {stage}: ", "strong"), ink(key, "strong"), ink(" reviews the rollback to a commit", "strong")
    )
    return [*wrap(words, width), *wrap(ink(reason, "muted"), width)[:1]]


def no_match_words(text: str) -> str:
    """Return why no commit fits what is typed; a word with a colon may have been meant as a field."""
    told = describe_misread(text, {"who": Values()})
    words = f"{told}, and no message contains it" if told else "no match"
    return f"{words}; esc clears the search"


def match_count(count: int, *, more: bool) -> str:
    """Return how many commits a search has found so far."""
    return f"{count}+ matches" if more else "1 match" if count == 1 else f"{count} matches"


def heading(rail: Rail, branch: str, counts: Counts, width: int) -> Content:
    """Return the branch with its counts, and at the right how each stage stands; what does not fit is left out."""
    wide, narrow = standings(rail, wide=True), standings(rail, wide=False)
    name = ink(cut_middle(branch, max(16, min(40, width - wide.cell_length - 22))), "strong")
    few = line(name, "   ", _commits(counts))
    for left in (_left(name, counts, 3), _left(name, counts, 1), few, line(name, "  ", _commits(counts, noun=False))):
        for right in (wide, narrow):
            if left.cell_length + right.cell_length + 2 <= width:
                return spread(left, right, width)
    bare = standings(rail, wide=False, words=False)
    return next((right for right in (narrow, bare) if right.cell_length <= width), bare.truncate(width, ellipsis=True))


def _left(name: Content, counts: Counts, gap: int) -> Content:
    if counts.branches is None:
        return line(name, "   ", _commits(counts))
    noun = "branch" if counts.branches == 1 else "branches"
    branches = line(ink("b", "strong"), ink(f" {counts.branches} {noun}", "muted"))
    return line(name, "  ", branches, " " * gap, _commits(counts))


def _commits(counts: Counts, *, noun: bool = True) -> Content:
    if counts.more:
        return ink(f"{counts.commits}+{' commits' if noun else ''}", "muted")
    if counts.total is not None and counts.total > counts.commits:
        return ink(f"{counts.commits} of {counts.total}{' commits' if noun else ''}", "muted")
    return ink(plural(counts.commits, "commit"), "muted")


def standings(rail: Rail, *, wide: bool, words: bool = True) -> Content:
    """Return `● dev at the tip    ▼ staging 3 behind`, or without words `● dev  ▼ staging`."""
    parts = [_standing(rail, stage, view, words=words) for stage, view in rail.views]
    gap = "    " if wide and len(parts) < _MANY else "  "
    return line(*(part for one in parts for part in (gap, one)))[len(gap) :] if parts else BLANK


def _standing(rail: Rail, stage: Stage, view: CellView | None, *, words: bool) -> Content:
    state = state_of(view)
    where, role = _where(rail, stage, view, state)
    return line(glyph_of(state, rail.glyphs), ink(f" {stage.name}"), ink(f" {where}" if where and words else "", role))


def _where(rail: Rail, stage: Stage, view: CellView | None, state: CellState) -> tuple[str, Role]:
    if view is None or commit_of(view.cell) is None:
        return state.value if state is not CellState.LOADING else "", "muted"
    if (drift_of(view) if state is CellState.ALTERED else state) in _RELATED:
        return drift_brief(view.relation), "warn" if isinstance(view.relation, Behind) else "bad"
    if stage.after is None:
        return _from_tip(rail, stage)
    return "", "muted"


def _from_tip(rail: Rail, stage: Stage) -> tuple[str, Role]:
    """Return how far the first stage is from the newest commit of the branch, as far as it was read."""
    one = rail.standings.get(stage.name)
    if one is None or rail.searching:
        return "", "muted"
    if one.commit is None:
        return "not fetched", "warn"
    if not one.here:
        return "other branch", "warn"
    at = next((at for at, commit in enumerate(rail.commits) if commit.sha == one.commit.sha), None)
    if at is None:
        return "", "muted"
    return ("at the tip", "muted") if at == 0 else (f"{at} behind the tip", "warn")
