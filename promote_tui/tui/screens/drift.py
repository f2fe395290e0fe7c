"""Drift: commits, settings and stacks that are apart, each kind by itself, oldest first; the causes stand below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal

from promote_tui.core.errors import UsageError
from promote_tui.core.model.cells import stack_of
from promote_tui.core.model.pipeline import Never, Unreachable
from promote_tui.core.text import advice, plural
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.drift import causes
from promote_tui.tui.presentation.drift.filter import is_shown, misread
from promote_tui.tui.presentation.drift.model import KIND_WORDS, DriftFindings, DriftRow, Kind, drift_rows
from promote_tui.tui.presentation.drift.rows import count_line, row_line
from promote_tui.tui.presentation.pipeline import detail, pane, side, summary
from promote_tui.tui.presentation.style import BLANK, align_right, ink, line, rule, spread
from promote_tui.tui.screens.base import TALL
from promote_tui.tui.screens.filterable import FilterableScreen
from promote_tui.tui.screens.pipeline import look_at
from promote_tui.tui.state.drifts import DriftStore
from promote_tui.tui.timers import once
from promote_tui.tui.widgets.filter_field import FilterField
from promote_tui.tui.widgets.grouped_list import FixedLine, GroupedList
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix import CellKey
    from promote_tui.tui.actions.clipboard import Thing
    from promote_tui.tui.presentation.style import Role
    from promote_tui.tui.screens.pipeline import CellDraft

_DEBOUNCE, _COALESCE = 0.15, 0.1
_WHOLE = frozenset({Kind.STACK, Kind.CONFIG})
"""Kinds whose causes take the whole width of the pane."""
NO_MATCH = "nothing matches the filter"


class DriftScreen(FilterableScreen):
    """Everything that is apart, in one list; the row under the cursor is explained below it."""

    CSS_PATH = "drift.tcss"
    TITLE_WORDS = "Drift"
    AUTO_FOCUS = "GroupedList"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("drift.diff", "diff", "Diff", "difference between the two stages, line by line"),
        bind("drift.promote", "promote", "Promote", "promote from the stage before"),
        bind("drift.detect", "detect", "Detect", "detect drift of this stack"),
        bind("drift.filter", "filter", "Filter", "filter; enter keeps it, esc clears"),
        bind("drift.refresh", "refresh", "Refresh", "read every stack again"),
        bind("drift.detect_all", "detect_all", "detect drift of every stack", show=False),
        bind("drift.clear", "clear", "Clear filter", "clear the filter"),
        bind("drift.quit", "app.leave", "quit; runs continue", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.filter_field = FilterField("service, hash or state; stage:prod drift:config", self._shown_count)
        self._ticket = 0
        self._generation = 0
        self._stale = False
        self._found: dict[CellKey, CellDraft] = {}
        self._drifts = DriftStore(self.promoter, self, self._soon, self._complain)
        self._every: list[DriftRow] = []
        self._compared = (0, len(self.promoter.pipeline.services))
        self._complained = 0
        """The refresh of which a person has heard that something could not be compared."""
        self._rows: GroupedList[DriftRow] = GroupedList(self._row, lambda row: row.key, marks=self.promoter.marks)

    def compose(self) -> ComposeResult:
        """Return the bar, the summary or the filter, the list and the pane."""
        yield LinesView(lambda width: self.tabs(width, "Drift"), "top")
        yield LinesView(self._summary, "summary")
        yield self.filter_field
        yield self._rows
        yield LinesView(self._title, "title")
        with Horizontal(id="pane"):
            yield LinesView(self._main, "main")
            yield LinesView(self._side, "side")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show what is known at once."""
        self.promoter.board_changed.subscribe(self, self._board_changed)
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        """Catch up with what was read while another screen was in front."""
        self._catch_up()

    def on_resize(self, event: Resize) -> None:
        """Leave the pane its room."""
        self._rows.styles.max_height = max(4, event.size.height - (20 if event.size.height >= TALL else 11))
        self.soon(self._show)

    def _tick(self) -> None:
        if self.is_current:
            self.query_one("#top", LinesView).redraw()

    def _board_changed(self, key: CellKey | None) -> None:
        if self.is_current and key is None:
            self._catch_up()
        elif self.is_current:
            self._soon()

    def _catch_up(self) -> None:
        """Draw once what many cells have changed; what was looked up for an older refresh is looked up again."""
        self._stale = False
        board = self.promoter.board
        if board.generation != self._generation and not board.reading:
            self._generation = board.generation
            self._found.clear()
            self._ask()
        self._show()

    def _show(self) -> None:
        """Show the rows that the filter keeps, and all that is said about them."""
        self._every = drift_rows(self.promoter.pipeline, self.promoter.board.views.get, self._known)
        rows = [row for row in self._every if is_shown(row, self.filter_field.text)]
        self._rows.empty = self._unfit.partition(";")[0] if self._every else ""
        self._rows.show_lines(self._lines(rows))
        self.set_class(not self._every, "-bare")
        self._read()
        self._compared = self._drifts.progress()
        for drawn in self.query(LinesView):
            drawn.redraw()
        self.refresh_bindings()

    @property
    def _misread(self) -> str:
        stages = [stage.name for stage in self.promoter.pipeline.stages]
        return misread(self.filter_field.text, stages)

    @property
    def _unfit(self) -> str:
        """Why the filter leaves no row."""
        return self._misread or NO_MATCH

    @property
    def _known(self) -> DriftFindings:
        reading = self._drifts
        found = {service.name: reading.of(service.name) for service in self.promoter.pipeline.services}
        looked_at = {key: drift for key, (_mark, drift) in reading.detected.items() if reading.fresh(key)}
        return DriftFindings(
            lambda key: found[key[0]].commit.get(key[1]),
            lambda key: found[key[0]].config.get(key[1]),
            lambda key: looked_at.get(key) or found[key[0]].stack.get(key[1]),
            reading.detecting,
            looked_at,
        )

    def _read(self) -> None:
        """Read the drifts of services: those with a row in sight first, a few at a time."""
        board = self.promoter.board
        if self.promoter.engine is None or board.reading or board.untouched or not self.is_current:
            return
        items = [item for item in self._rows.items if not isinstance(item, FixedLine)]
        seen = [row.service for row in items[: self._rows.size.height]]
        every = [service.name for service in self.promoter.pipeline.services]
        self._drifts.read(dict.fromkeys([*seen, *(row.service for row in items), *every]))

    def _complain(self, error: PromoteError) -> None:
        """Say once a refresh that a service could not be compared: what one says, all may say."""
        if self._complained != self._generation:
            self._complained = self._generation
            self.promoter.say(f"{error.subject}: {error.cause}", failed=True)

    def _soon(self) -> None:
        """Draw once what many answers have changed."""
        if not self._stale:
            self._stale = True
            once(self, _COALESCE, self._catch_up)

    @property
    def _failed(self) -> bool:
        """Whether nothing could be read, and nothing is being read."""
        board = self.promoter.board
        return board.trouble is not None and not board.reading and not board.views

    def _nothing(self) -> tuple[str, Role, str]:
        """Return why there is no row: sign, colour and words."""
        board, pipeline = self.promoter.board, self.promoter.pipeline
        if self._failed:
            return self.glyphs.failed, "bad", "nothing could be read"
        if board.taken_at is None:
            cells = len(pipeline.services) * len(pipeline.stages)
            return self.glyphs.loading, "muted", f"reading the stacks: {len(board.views)} of {cells}"
        done, every = self._compared
        if done < every:
            return self.glyphs.loading, "muted", f"comparing: {done} of {plural(every, 'service')}"
        return (
            self.glyphs.same,
            "good",
            "no drift: every stage has the code and settings of the one before",
        )

    def _lines(self, rows: list[DriftRow]) -> list[DriftRow | FixedLine]:
        lines: list[DriftRow | FixedLine] = []
        for kind in Kind:
            group = [row for row in rows if row.kind is kind]
            if group:
                lines += [FixedLine(lambda _width: BLANK)] if lines and self.tall else []
                lines += [self._head(kind), *group]
        return lines

    def _head(self, kind: Kind) -> FixedLine:
        about, column = KIND_WORDS[kind]

        def draw(width: int) -> Content:
            right = ink(column if self.wide else "", "muted")
            return rule(
                line(ink(kind.value.upper(), "strong"), "  ", ink(about, "muted")), right, width, self.glyphs.rule
            )

        return FixedLine(draw)

    def _row(self, row: DriftRow, width: int) -> Content:
        return row_line(row, self.now, self.glyphs, width, here=row is self._rows.at)

    def _summary(self, width: int) -> list[Content]:
        if self._every:
            return [spread(count_line(self._every, self.glyphs, width), self._progress(), width)]
        sign, role, words = self._nothing()
        return [line(ink(sign, role), " ", ink(words))]

    def _progress(self) -> Content:
        """Return how far the comparison is, else what could not be compared, else the order of rows."""
        done, every = self._compared
        if done < every and self.promoter.engine is not None and not self.promoter.board.untouched:
            return ink(f"comparing {done} of {every}", "muted")
        untold = self._drifts.untold()
        words = f"{untold} not compared" if untold else "oldest first"
        return ink(words, "warn" if untold else "muted")

    def _shown_count(self, width: int) -> list[Content]:
        shown = sum(not isinstance(item, FixedLine) for item in self._rows.items)
        return [align_right(ink(f"{shown} of {plural(len(self._every), 'row')}", "muted"), width)]

    def about(self) -> CellKey | None:
        """Return the cell that the row under the cursor is about."""
        row = self._rows.at
        return (row.service, row.stage) if row else None

    def copies(self) -> Sequence[Thing]:
        """Return what can be copied of the cell."""
        from promote_tui.tui.actions.clipboard import notes_of_draft  # noqa: PLC0415 - not before it is wanted

        if not self._rows.at:
            return []
        pane = self._pane()
        return [*summary.copies(pane), *notes_of_draft(self.promoter, pane.draft)]

    def opens(self) -> list[tuple[str, str]]:
        """Return the console's page of the stack."""
        return summary.opens(self._pane()) if self._rows.at else []

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:  # noqa: ARG002 - the same
        """Return why nothing can be done with the row under the cursor."""
        if action in {"detect", "detect_all"}:
            return self._why_not_detect(self._rows.at, every=action == "detect_all")
        return self._why_not_row(action, self._rows.at) if action in {"promote", "diff"} else ""

    def _why_not_row(self, action: str, row: DriftRow | None) -> str:
        if row is None:
            return self._unfit if self._every else self._nothing()[2]
        if action == "diff":
            return "" if self._ends(row) else "one of the two commits is unknown"
        if isinstance(row.view.cell, Unreachable):
            login = f"{self.promoter.key_of('app.login')} logs in" if row.view.cell.login else row.view.cell.remedy
            return advice(f"{row.view.cell.target}: {row.view.cell.reason}", login)
        return "" if self.promoter.engine is not None else "not read yet"

    def _why_not_detect(self, row: DriftRow | None, *, every: bool) -> str:
        if self.promoter.engine is None:
            return "not read yet"
        if every:
            return "" if self._stacks() else "there is no stack"
        if row is None:
            return self._unfit if self._every else self._nothing()[2]
        if (row.service, row.stage) in self._drifts.detecting:
            return "CloudFormation is detecting drift already"
        return "" if stack_of(row.view.cell) else "there is no stack to check"

    def _stacks(self) -> list[CellKey]:
        """Return the cells whose stacks can be looked at: those with a row first."""
        views = self.promoter.board.views
        order = dict.fromkeys([*((row.service, row.stage) for row in self._every), *views])
        return [key for key in order if (view := views.get(key)) is not None and stack_of(view.cell)]

    def _ends(self, row: DriftRow) -> tuple[str | None, str] | None:
        """Return the commits between which the row lies; None where they are not known."""
        head = row.before.commit if row.before else None
        if head is None or (row.view.commit is None and not isinstance(row.view.cell, Never)):
            return None
        return row.view.commit.sha if row.view.commit else None, head.sha

    def _pane(self) -> pane.Pane:
        key = self.about() or ("", self.promoter.pipeline.stages[-1].name)
        board, found = self.promoter.board, self._found.get(key)
        return pane.Pane(
            key[0],
            self.promoter.pipeline.stage(key[1]),
            board.views.get(key),
            self.now,
            self.glyphs,
            found.draft if found else None,
            found.error if found else None,
            found.runs if found else (),
            board.trouble if not board.reading else None,
            key_of=self.promoter.key_of,
        )

    def _title(self, width: int) -> list[Content]:
        row = self._rows.at
        if row is not None and row.kind in _WHOLE:
            return [causes.title(row, self.now, self.glyphs, width)]
        if row is not None:
            return [pane.title(self._pane(), width)]
        return [rule(ink(self._unfit.partition(";")[0], "strong"), BLANK, width, self.glyphs.rule)]

    def _main(self, width: int) -> list[Content]:
        row = self._rows.at
        if row is not None and not self._failed:
            return self._explained(row, width)
        if self._failed:
            return detail.main_lines(self._pane(), width, self.query_one("#pane").size.height)
        if self._every:
            return pane.clear_hint(self._misread, width)
        if self.promoter.board.taken_at is None:
            return []
        keys = (
            ("app.pipeline", "see what runs where"),
            ("drift.detect_all", "detect manual changes in every stack"),
            ("drift.refresh", "read every stack again"),
        )
        return [detail.key_action(self.promoter.key_of(name), words, self.glyphs) for name, words in keys]

    def _explained(self, row: DriftRow, width: int) -> list[Content]:
        match row.kind:
            case Kind.STACK:
                return causes.of_stack(row, self.promoter.key_of("drift.detect"), self.glyphs, width)
            case Kind.CONFIG:
                return causes.of_config(row, self.promoter.key_of("drift.diff"), self.glyphs, width)
            case Kind.COMMIT:
                return self._of_commits(row, width)
            case _:
                return detail.main_lines(self._pane(), width, self.query_one("#pane").size.height)

    def _of_commits(self, row: DriftRow, width: int) -> list[Content]:
        """Return the action, then what stands out among the commits, then what a promotion would bring."""
        found = causes.of_commits(row, self.now, self.glyphs, width)
        action, *rest = detail.main_lines(self._pane(), width, self.query_one("#pane").size.height - len(found))
        return [action, *([BLANK, *found] if found else []), *rest]

    def _side(self, width: int) -> list[Content]:
        return side.side_lines(self._pane(), width) if self._rows.at is not None else []

    def on_rows_moved(self) -> None:
        """Explain the row that the cursor stands on now."""
        self._ask()
        row = self._rows.at
        self.set_class(row is not None and row.kind in _WHOLE, "-whole")
        for name in ("#title", "#main", "#side"):
            self.query_one(name, LinesView).redraw()
        self.refresh_bindings()

    def _ask(self) -> None:
        self._ticket += 1
        ticket = self._ticket
        once(self, _DEBOUNCE, lambda: self._look_up(ticket))

    def _look_up(self, ticket: int) -> None:
        key, row, engine = self.about(), self._rows.at, self.promoter.engine
        if ticket != self._ticket or engine is None or key is None or row is None or key in self._found:
            return
        if not isinstance(row.view.cell, Unreachable):
            self.background(lambda: look_at(engine, key), lambda found: self._show_draft(ticket, key, found))

    def _show_draft(self, ticket: int, key: CellKey, found: CellDraft) -> None:
        """Show what a promotion would bring, if the cursor is still there."""
        if ticket == self._ticket:  # the cursor may have moved on: it is filed under what was asked
            self._found[key] = found
            self._show()

    @property
    def filtered_list(self) -> GroupedList[DriftRow]:
        """The rows."""
        return self._rows

    def apply_filter(self) -> None:
        """Show the rows that fit."""
        self._show()

    def action_refresh(self) -> None:
        """Read every stack again."""
        self.promoter.refresh_board()

    def on_rows_chosen(self) -> None:
        """Open the service's commits."""
        key = self.about()
        if key is not None and self.promoter.engine is not None:
            self._open_service(key)

    def _open_service(self, key: CellKey) -> None:
        from promote_tui.tui.screens.service import ServiceScreen  # noqa: PLC0415 - not before it is opened

        self.app.push_screen(ServiceScreen(*key))

    def action_detect(self) -> None:
        """Let CloudFormation look for drift of the stack under the cursor."""
        key = self.about()
        if key is not None:
            self._drifts.detect([key])
            self._show()

    def action_detect_all(self) -> None:
        """Let CloudFormation look for drift of every stack, a few at a time."""
        stacks = self._stacks()
        self._drifts.detect(stacks)
        self.promoter.say(f"CloudFormation detects drift of {plural(len(stacks), 'stack')}, a few at a time")
        self._show()

    def action_diff(self) -> None:
        """Show what lies between the stage and the one before."""
        from promote_tui.tui.screens.diff import DiffScreen  # noqa: PLC0415 - not before it is opened

        row = self._rows.at
        ends = self._ends(row) if row else None
        if row is not None and ends is not None:
            title = f"{row.stage} to {row.view.against}"
            self.app.push_screen(DiffScreen(row.service, ends[0], ends[1], title))

    def action_promote(self) -> None:
        """Open the review of a promotion into the cell, or the commits where none suggests itself."""
        from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - not before it is opened

        key = self.about()
        if key is None:
            return
        found = self._found.get(key)
        if found is not None and isinstance(found.error, UsageError):
            self._open_service(key)
        else:
            self.app.push_screen(PromoteScreen(*key, revision=None, draft=found.draft if found else None))
