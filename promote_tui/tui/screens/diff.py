"""The difference between two commits, as far as it is the service's: the commits between them, files and lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal

from promote_tui.core.git import diff as patch
from promote_tui.core.git.commits import CommitDifference
from promote_tui.core.git.links import commit_url, compare_url
from promote_tui.core.text import plural, short
from promote_tui.tui.actions.clipboard import notes_item
from promote_tui.tui.actions.compare import ask_ends
from promote_tui.tui.actions.paging import Paging
from promote_tui.tui.background import ignore_error
from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.finder import FinderDialog, FinderRow
from promote_tui.tui.presentation.commits import diff
from promote_tui.tui.presentation.commits.files import ServicePaths
from promote_tui.tui.presentation.lines import head as label
from promote_tui.tui.presentation.style import BLANK, ink, wrap
from promote_tui.tui.screens.base import View
from promote_tui.tui.terminal.patch_file import patch_file
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView
from promote_tui.tui.widgets.patch_view import PatchView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.git.commits import Patch
    from promote_tui.core.git.diff import PatchLine
    from promote_tui.core.model.pipeline import FileChange
    from promote_tui.tui.actions.compare import CompareEnds
    from promote_tui.tui.presentation.copy_items import CopyItem

_READING = "reading the difference"
_FEW = 3
"""So many lines tell of the commits where there is no room beside the diff; a single one is named in the bar."""
_NO_FILE = "no file of the service differs"


class DiffScreen(View):
    """What `head` has and `base` lacks (None: all of it), within the service's paths."""

    CSS_PATH = "diff.tcss"
    TITLE_WORDS = "Diff"
    AUTO_FOCUS = "PatchView"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("diff.next_file", "file(1)", "Next file", "go to the next file"),
        bind("diff.previous_file", "file(-1)", "Previous", "go to the file before"),
        bind("diff.ends", "ends", "Compare", "choose what is compared: stages, branches or commits"),
        bind("diff.find", "find", "Find file", "find a file by its name"),
        bind("diff.pager", "pager", "Pager", "all of it in $PAGER"),
        bind("diff.refresh", "refresh", "Refresh", "read it again", show=False),
        bind("diff.back", "app.pop_screen", "Back"),
    ]

    def __init__(self, service: str, base: str | None, head: str, title: str) -> None:
        super().__init__()
        self._paging = Paging(self)
        self._service = service
        self._ends = base, head
        self._words = title
        self._ticket = 0
        self._files: Sequence[FileChange] = ()
        self._cut = False
        self._read = False
        self._totals = 0, 0
        self._between = CommitDifference()
        self._wanted = ""
        self._remote: str | None = None
        self._error: PromoteError | None = None
        self._view = PatchView(self._row)
        self._view.empty = _READING

    def compose(self) -> ComposeResult:
        """Return the bar, the sums, the files and the lines."""
        yield LinesView(self._crumbs, "top")
        yield LinesView(self._heading, "heading")
        with Horizontal(id="body"):
            yield LinesView(self._listed, "files")
            yield self._view
        yield KeyBar()

    def on_mount(self) -> None:
        """Read files and lines."""
        self.action_refresh()

    def _crumbs(self, width: int) -> list[Content]:
        return self.crumbs(width, ink("", "muted"), self._service, self._words)

    def _heading(self, width: int) -> list[Content]:
        if self._error is not None:
            return wrap(ink(self.host.describe_error(self._error), "bad"), width)
        if not self._read:
            return [BLANK]
        found = diff.DiffTotals(len(self._files), *self._totals, self._cut)
        sums = diff.heading(found, self._between, self.glyphs, width)
        every = len(self._between.brings) + len(self._between.removes)
        return [sums] if self.wide or every == 1 else [sums, *self._commits(width, _FEW)]

    def _commits(self, width: int, height: int) -> list[Content]:
        return diff.commits(self._between, self.glyphs, self.now, width, height)

    def _listed(self, width: int) -> list[Content]:
        paths = [change.path for change in self._files]
        here = paths.index(self._view.path) if self._view.path in paths else -1
        height = self.query_one("#body").size.height
        above = self._commits(width, height // 3)
        above = [label("commits"), *above, BLANK, label("files")] if above else []
        engine, service = self.host.engine, self.host.pipeline.service(self._service)
        relative = ServicePaths(service, engine.deployer if engine else None)
        shown = diff.file_list(self._files, here, relative, width, height - len(above))
        return [*above, *shown] or [BLANK]

    def _row(self, found: PatchLine, skip: int, width: int) -> Content:
        service = self.host.pipeline.service(self._service)
        return diff.row(found, diff.DiffStyle(service, self.glyphs, self.wide), width, skip)

    def _redraw(self) -> None:
        self.redraw_lines()
        self._view.refresh()
        self.refresh_bindings()

    def action_refresh(self) -> None:
        """Read files and lines anew."""
        self._ticket += 1
        self._wanted = ""
        ticket, engine, service, (base, head) = self._ticket, self.engine, self._service, self._ends

        self.background(
            lambda: (engine.commits.changed_files(service, base, head), engine.commits.patch(service, base, head)),
            lambda found: self._show_patch(ticket, *found),
            lambda error: self._show_failure(ticket, error),
        )
        self._ask_between()
        self._ask_remote()

    def _ask_between(self) -> None:
        ticket, engine, service, (base, head) = self._ticket, self.engine, self._service, self._ends

        # what cannot be read is said where the files are
        self.background(
            lambda: engine.commits.between(service, base, head),
            lambda found: self._show_between(ticket, found),
            ignore_error,
        )

    def _show_between(self, ticket: int, found: CommitDifference) -> None:
        """Show the commits."""
        if ticket == self._ticket:
            self._between = found
            self._redraw()

    def _ask_remote(self) -> None:
        engine, service = self.engine, self._service
        # without the address nothing can be opened, and `o` says so
        self.background(lambda: engine.commits.remote_url(service), self._note_remote, ignore_error)

    def _note_remote(self, remote: str | None) -> None:
        self._remote = remote

    def _show_patch(self, ticket: int, files: Sequence[FileChange], found: Patch) -> None:
        """Show the files and their lines."""
        if ticket != self._ticket:
            return
        lines = _lines(found)
        self._files, self._cut, self._read = files, found.cut, True
        self._totals = diff.count_lines(lines)
        self._view.show(self._whole_files(lines))
        self._shown()

    def _show_file(self, ticket: int, path: str, found: Patch) -> None:
        """Show the lines of one more file behind the others, and go there."""
        if ticket != self._ticket:
            return
        self._view.show([*self._view.lines, *_lines(found)])
        self._go_to(path, read=False)
        self._shown()

    def _shown(self) -> None:
        self._error, self._view.empty = None, _NO_FILE
        self._redraw()

    def _whole_files(self, lines: list[PatchLine]) -> list[PatchLine]:
        """Leave out the last file of a diff that was cut, where there are others: it is read by itself when wanted."""
        heads = [at for at, found in enumerate(lines) if found.kind == "file"]
        return lines[: heads[-1]] if self._cut and len(heads) > 1 else lines

    def _show_failure(self, ticket: int, error: PromoteError) -> None:
        """Show why there is nothing."""
        if ticket == self._ticket:
            self._error, self._read = error, False
            self._view.empty = "r reads again, esc goes back"
            self._redraw()

    def on_patch_view_moved(self) -> None:
        """Show which file is in sight, and whether there is another one."""
        self.redraw_lines("#files")
        self.refresh_bindings()

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why there is nothing to go to."""
        if action not in {"file", "find", "pager"}:
            return ""
        if not self._view.lines:
            return self._view.empty
        if action == "file" and not self._next(int(str(parameters[0]))):
            return "this is the last file" if parameters[0] == 1 else "this is the first file"
        return ""

    def _next(self, step: int) -> str:
        """Return the path of the file to go to: in the order of the list, which may be longer than the lines."""
        found = self._view.neighbour(step)
        if found or step < 0:
            return found
        paths, shown = [change.path for change in self._files], {line.path for line in self._view.lines}
        return next((path for path in paths if path not in shown), "")

    def action_file(self, step: int) -> None:
        """Go to another file."""
        self._go_to(self._next(step))

    def _go_to(self, path: str, *, read: bool = True) -> None:
        """Go to a file; read its lines first where they were not."""
        if self._view.go_to(path) or not read or self._wanted == path:
            return
        self._wanted = path
        ticket, engine, service, (base, head) = self._ticket, self.engine, self._service, self._ends

        self.background(
            lambda: engine.commits.patch(service, base, head, path),
            lambda found: self._show_file(ticket, path, found),
            lambda error: self._show_failure(ticket, error),
        )

    def action_ends(self) -> None:
        """Ask for both ends: what is new, and what it is compared with."""
        ask_ends(self.host, self, self._service, self._compare)

    def _compare(self, ends: CompareEnds) -> None:
        """Compare others."""
        self._ends, self._words = (ends.base, ends.head), ends.title
        self._files, self._read, self._between, self._error = (), False, CommitDifference(), None
        self._view.empty = _READING
        self._view.show([])
        self.action_refresh()
        self._redraw()

    def action_find(self) -> None:
        """Find a file by a few letters of its path."""
        rows = [FinderRow("", change.path, change.status, change.path) for change in self._files]
        title = plural(len(rows), "file")
        finder = FinderDialog[str](title, rows, marks=self.host.marks, middle=True)
        self.app.push_screen(finder, lambda path: self._go_to(path) if path else None)

    def copy_items(self) -> Sequence[CopyItem]:
        """Return the file in sight, the commits, the diff's address and the notes of what is new."""
        base, head = self._ends
        found: list[CopyItem] = [("path", self._view.path)] if self._view.path else []
        found += [(f"hash {short(sha)}", sha) for sha in (head, base) if sha]
        found += [(f"address of the {what}", url) for what, url in self.web_pages()]
        return [*found, notes_item(self.host, self._service, head, base)] if base else found

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the web pages of the comparison and of the commit."""
        base, head = self._ends
        if self._remote is None:
            return []
        pages = [("comparison", compare_url(self._remote, base, head) if base else None)]
        pages.append(("commit", commit_url(self._remote, head)))
        return [(what, url) for what, url in pages if url]

    def action_pager(self) -> None:
        """Write the diff where a pager can read it, in a thread: it can be long."""
        lines, colours = self._view.lines, not self.app.no_color
        say = self.host.say
        self._paging.open(lambda: patch_file(lines, colours=colours), lambda why: say(why, failed=True))


def _lines(found: Patch) -> list[PatchLine]:
    return [each for each in patch.parse(found.text) if diff.is_worth_showing(each)]
