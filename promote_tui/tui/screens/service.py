"""A service's commits on a branch, with the stages that stand on each; picking a commit is picking a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from promote_tui.core.errors import PromoteError
from promote_tui.core.model import Branch, Commit, Stage
from promote_tui.tui import messages
from promote_tui.tui.dialogs.choose import Choose
from promote_tui.tui.presentation import rail
from promote_tui.tui.presentation.cells import commit_of
from promote_tui.tui.presentation.ink import BLANK, fit, ink, line, spread
from promote_tui.tui.presentation.lists import branch_line
from promote_tui.tui.presentation.words import asks
from promote_tui.tui.screens.promote import PromoteScreen
from promote_tui.tui.screens.view import View
from promote_tui.tui.widgets.drawn import Drawn
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.message import Message

    from promote_tui.core.snapshot import CellView
    from promote_tui.engine.engine import Engine

PAGE = 50


def _stands_on(engine: Engine, service: str, sha: str) -> str | None:
    try:
        newest = engine.log(service, sha, limit=1)
    except PromoteError:
        return None  # what runs there is not in this clone: the matrix says so
    return newest[0].sha if newest else None


class ServiceScreen(View):
    """The commit rail of a service."""

    CSS_PATH = "service.tcss"
    TITLE_WORDS = "Service"
    AUTO_FOCUS = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "promote", "Promote", id="service.promote", tooltip="promote this commit; enter does the same"),
        Binding("b", "branches", "Branches", id="service.branches", tooltip="choose another branch"),
        Binding("r", "refresh", "Refresh", id="service.refresh", tooltip="read the commits again"),
        Binding("escape", "app.pop_screen", "Back", id="service.back"),
    ]

    def __init__(self, service: str, stage: str) -> None:
        super().__init__()
        self._service = service
        self._stage = stage
        self._branch: str | None = None
        self._more = False
        self._ticket = 0
        self._asked = 0
        self._error: PromoteError | None = None
        self._standing: Mapping[str, str] = {}
        self._deployed: dict[str, str] = {}
        self._rows: Rows[Commit] = Rows(self._row, marks=self.promoter_marks(), empty="reading the commits")

    def promoter_marks(self) -> bool:
        """Tell whether cursors need brackets; known before the screen is mounted."""
        return self.promoter.marks

    def compose(self) -> ComposeResult:
        """Return the bar, the rail and the commit under the cursor."""
        yield Drawn(self._crumbs, "top")
        yield Drawn(self._heading, "heading")
        with Horizontal(id="body"):
            with Vertical(id="rail"):
                yield Drawn(lambda width: [rail.columns(self._views(), width)], "columns")
                yield self._rows
            yield Drawn(self._detail, "side")
        yield Drawn(self._detail, "below")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the first page."""
        self.promoter.board_changed.subscribe(self, self._board_changed)
        self._read()
        self._stand()

    def _board_changed(self, _nothing: None) -> None:
        self._stand()
        self._redraw()

    def on_resize(self) -> None:
        """Put the commit beside the rail where there is room, else below it."""
        self.set_class(self.wide, "-wide")

    def _crumbs(self, width: int) -> list[Content]:
        return self.crumbs(width, self.read_at(), self._service, self._branch or "commits")

    def _heading(self, width: int) -> list[Content]:
        if self._error is not None:
            return [ink(str(self._error), "bad")]
        count = f"{len(self._rows.items)}{'+' if self._more else ''} commits"
        branch = line(ink(self._branch or "", "strong"), ink("   b", "strong"), ink(f" branches   {count}", "muted"))
        return [spread(branch, rail.standings(self._views(), self.glyphs), width)]

    def _views(self) -> list[tuple[Stage, CellView | None]]:
        board = self.promoter.board.views
        return [(stage, board.get((self._service, stage.name))) for stage in self.promoter.pipeline.stages]

    def _row(self, commit: Commit, index: int, width: int) -> Content:
        return rail.row(self._rows.items, index, commit, self._views(), self._standing, self.now, self.glyphs, width)

    def _detail(self, width: int) -> list[Content]:
        commit = self._rows.current
        stages = self.promoter.pipeline.stages
        return (
            rail.detail(commit, stages[0] if len(stages) == 1 else None, self.now, self.glyphs, width)
            if commit
            else [BLANK]
        )

    def _redraw(self) -> None:
        for drawn in self.query(Drawn):
            drawn.redraw()
        self._rows.refresh()

    def _stand(self) -> None:
        """Find the service's commit behind what each stage runs: that may be a merge, which is not in the list."""
        views = [(stage.name, view) for stage, view in self._views() if view is not None]
        deployed = {name: sha for name, view in views if (sha := commit_of(view.cell)) is not None}
        if deployed == self._deployed:
            return
        self._deployed = deployed
        engine, service = self.engine, self._service

        def work() -> Message:
            found = {name: _stands_on(engine, service, sha) for name, sha in deployed.items()}
            return messages.StandingsRead({name: sha for name, sha in found.items() if sha is not None})

        self.promoter.background(work, self)

    def on_standings_read(self, message: messages.StandingsRead) -> None:
        """Show where the stages stand."""
        self._standing = message.commits
        self._rows.refresh()

    def _read(self, *, more: bool = False) -> None:
        self._ticket += 1
        ticket, engine, service, branch = self._ticket, self.engine, self._service, self._branch
        skip = len(self._rows.items) if more else 0
        self._asked = skip

        def work() -> Message:
            try:
                name = branch or engine.default_branch(service)
                page = engine.log(service, name, skip=skip, limit=PAGE + 1)
            except PromoteError as error:
                return messages.ReadFailed(ticket, error)
            return messages.CommitsRead(ticket, name, page[:PAGE], len(page) > PAGE)

        self.promoter.background(work, self)

    def on_commits_read(self, message: messages.CommitsRead) -> None:
        """Show a page, behind those that are there."""
        if message.ticket != self._ticket:
            return
        self._branch, self._more, self._error = message.branch, message.more, None
        self._rows.empty = "no commit of this branch touches the service; b chooses another branch"
        self._rows.show((*self._rows.items[: self._asked], *message.commits))
        self._redraw()

    def on_read_failed(self, message: messages.ReadFailed) -> None:
        """Show why the commits cannot be read."""
        if message.ticket == self._ticket:
            self._error = message.error
            self._rows.empty = "r reads again"
            self._redraw()

    def on_rows_near_end(self) -> None:
        """Read the next page."""
        if self._more and self._asked != len(self._rows.items):
            self._read(more=True)

    def on_rows_moved(self) -> None:
        """Show the commit under the cursor."""
        for drawn in self.query("#side, #below").results(Drawn):
            drawn.redraw()

    def on_rows_chosen(self) -> None:
        """Go on to the promotion of this commit."""
        self.action_promote()

    def action_refresh(self) -> None:
        """Read the first page again."""
        self._read()

    def action_promote(self) -> None:
        """Ask which stage the commit is for, then open the review."""
        commit = self._rows.current
        stages = self.promoter.pipeline.stages
        if commit is None:
            return
        if len(stages) == 1:
            self._open(commit, stages[0])
            return
        at = [stage.name for stage in stages].index(self._stage)
        title = f"Promote {commit.short} to which stage?"
        chooser = Choose[Stage](title, stages, self._stage_line, index=at, marks=self.promoter.marks)
        self.app.push_screen(chooser, lambda stage: self._open(commit, stage))

    def _stage_line(self, stage: Stage, width: int) -> Content:
        view = dict(self._views_by_name()).get(stage.name)
        left = line(fit(ink(stage.name, "strong"), 14), rail.standing(view, self.glyphs))
        return spread(left, ink(f"{stage.aws.account}   {asks(stage.confirm):<11}", "muted"), width)

    def _views_by_name(self) -> Sequence[tuple[str, CellView | None]]:
        return [(stage.name, view) for stage, view in self._views()]

    def _open(self, commit: Commit, stage: Stage | None) -> None:
        if stage is not None:
            self.app.push_screen(PromoteScreen(self._service, stage.name, revision=commit.sha, draft=None))

    def action_branches(self) -> None:
        """Read the branches and let one be chosen."""
        self._ticket += 1
        ticket, engine, service = self._ticket, self.engine, self._service

        def work() -> Message:
            try:
                return messages.BranchesRead(engine.branches(service))
            except PromoteError as error:
                return messages.ReadFailed(ticket, error)

        self.promoter.background(work, self)

    def on_branches_read(self, message: messages.BranchesRead) -> None:
        """Let a branch be chosen, if nothing else was opened meanwhile."""
        if self.app.screen is not self:
            return
        names = [branch.name for branch in message.branches]
        index = names.index(self._branch) if self._branch in names else 0
        chooser = Choose[Branch](
            f"{len(names)} branches of {self._service}",
            message.branches,
            lambda branch, width: branch_line(branch, self.now, width),
            index=index,
            marks=self.promoter.marks,
        )
        self.app.push_screen(chooser, self._switch)

    def _switch(self, branch: Branch | None) -> None:
        if branch is not None and branch.name != self._branch:
            self._branch = branch.name
            self._rows.empty = "reading the commits"
            self._rows.show((), 0)
            self._read()
