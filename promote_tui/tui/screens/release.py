"""A release: what it brings and who agreed, go or no-go, then its waves as they are deployed, with their logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical, VerticalScroll

from promote_tui.core.releases.release import IN_TROUBLE, ReleaseStatus
from promote_tui.tui.actions import navigation
from promote_tui.tui.actions.release_notes import ReleaseNotes
from promote_tui.tui.actions.release_requests import ReleaseRequests
from promote_tui.tui.actions.release_sign_offs import ReleaseSignOffs, approvals_of, ticks_of
from promote_tui.tui.bindings import bind, bind_first
from promote_tui.tui.presentation.release.guided import checklist, clipboard, offers, rows
from promote_tui.tui.presentation.release.guided.ask import Ask
from promote_tui.tui.presentation.release.guided.heading import heading_line, place_line
from promote_tui.tui.screens.base import View
from promote_tui.tui.state.release_guide import ReleaseGuide
from promote_tui.tui.state.release_moment import ReleaseMoment
from promote_tui.tui.state.release_runs import run_of
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView
from promote_tui.tui.widgets.member_log import MemberLog
from promote_tui.tui.widgets.release_box import ReleaseBox
from promote_tui.tui.widgets.release_frame import ReleaseFrame
from promote_tui.tui.widgets.release_rows import ReleaseRows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.releases.release import MemberProgress
    from promote_tui.engine.releases.planning import ReleaseRequest
    from promote_tui.tui.presentation.copy_items import CopyItem
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_POLL, _ASK_GATES, _SPIN = 1.0, 10.0, 0.25


class ReleaseScreen(View):
    """One release, drawn from the fold of its events; leaving the screen leaves it running."""

    CSS_PATH = "release.tcss"
    TITLE_WORDS = "Release"
    AUTO_FOCUS = "ReleaseRows"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind_first("release.next", "next", "Next", "the next field or button", show=False),
        bind("release.go", "go", "Go", "go to the confirmation of the release, or of its next wave"),
        bind("release.at", "at", "Later", "start it at a time: it is shown until then, and can be cancelled"),
        bind(
            "release.retry", "retry", "Retry", "retry what is in trouble; of a held service that accepts what differs"
        ),
        bind("release.skip", "skip", "Skip", "leave the service out, and what needs it, with a reason"),
        bind("release.roll_back_all", "roll_back_all", "Roll back all", "roll back every service, the last wave first"),
        bind("release.resume", "resume", "Resume", "start a process that goes on with what is missing"),
        bind("release.approve", "approve", "Approve", "approve the whole set, or ask others to"),
        bind("release.tick", "tick", "Tick", "tick an item of the checklist for the whole set"),
        bind("release.override", "override", "Override", "override a blocked gate, with a reason"),
        bind("release.summary", "summary", "Summary", "everything that the plans say, in place of the waves"),
        bind("release.notes", "notes", "Notes", "the release notes, to be read and copied"),
        bind("release.diff", "diff", "Diff", "what the service would bring, line by line", show=False),
        bind("release.stop", "stop", "Stop", "start nothing new; what is at work is finished"),
        bind("release.refresh", "refresh", "Refresh", "read the release and its gates again", show=False),
        bind("release.back", "close", "Cancel", "close the confirmation, or the summary"),
        bind("release.back", "leave_running", "Leave it running", "leave; the release continues"),
        bind("release.back", "back", "Back", "back"),
    ]

    def __init__(self, name: str, wanted: ReleaseRequest | None = None) -> None:
        super().__init__()
        self._guide = ReleaseGuide(self, name, wanted, self._show_soon)
        self._requests = ReleaseRequests(self, self._guide, self._show_soon)
        self._sign_offs = ReleaseSignOffs(self, self._guide, self._show_soon)
        self._notes = ReleaseNotes(self)
        self._moment = ReleaseMoment(self._guide, lambda: self._requests.ask, read_only=self.host.read_only)
        self._is_stale = False
        self.pane = MemberLog(self._guide.runs, self.glyphs, self.host.key_of("log.bottom"))
        self.confirmation = ReleaseFrame(self._view, lambda: self._moment.asked)
        self._box = ReleaseBox(self._view, lambda: self.size.height - (16 if self.confirmation.display else 10))
        self._rows = ReleaseRows(self._view, marks=self.host.marks)

    @property
    def is_starting_run(self) -> bool:
        """Whether a process was started for it and has not begun yet."""
        return self._guide.is_starting

    @property
    def is_planning(self) -> bool:
        """Whether it is being planned from here."""
        return self._guide.planning is not None and self._guide.planning.is_running

    def compose(self) -> ComposeResult:
        """Return the bar, how it stands, the waves beside the checklist or a log, the box and the frame."""
        yield LinesView(self._crumbs, "top")
        yield LinesView(lambda width: [heading_line(self._view(), width)], "heading")
        yield LinesView(lambda width: checklist.brief_lines(self._view(), width), "brief")
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield LinesView(lambda width: [rows.head_line(self._view(), width)], "heads")
                yield self._rows
            with VerticalScroll(id="side", can_focus=False):
                yield LinesView(self._checklist, "checklist")
            yield self.pane
        yield self._box
        yield self.confirmation
        yield KeyBar()

    def on_mount(self) -> None:
        """Plan it or read it, then follow it for as long as the screen is there."""
        self.host.cells_changed.subscribe(self, lambda key: self._ask_gates() if key is None else None)
        self._guide.open()
        self.set_interval(_POLL, lambda: self._guide.poll() if self.is_current else None)
        self.set_interval(_ASK_GATES, self._ask_gates)
        self.set_interval(_SPIN, self._spin)

    def on_resize(self, event: Resize) -> None:
        """Draw for the new room."""
        super().on_resize(event)
        self.run_when_drawn(self._show)

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was in front."""
        super().on_screen_resume()
        self._guide.poll()
        self._show_soon()

    def _ask_gates(self) -> None:
        if self.is_current:
            self._guide.gates.read(self._guide.release)

    def _view(self) -> GuidedRelease:
        """Return the release as it was looked at last: all parts of the screen show one moment."""
        return self._moment.guided

    def _crumbs(self, width: int) -> list[Content]:
        return self.crumbs(width, place_line(self._view()), "releases", self._guide.name)

    def _checklist(self, width: int) -> list[Content]:
        """Return the checklist: beside the waves what has room there, in their place all of it, to be scrolled."""
        room = self.query_one("#side").size.height
        if self.has_class("-summary") or not room:
            return checklist.checklist_lines(self._view(), width)
        return checklist.first_of_checklist(self._view(), width, room)

    def _show_soon(self) -> None:
        """Draw once what several parts have changed."""
        if not self._is_stale and not self.is_gone:
            self._is_stale = self.call_later(self._show)

    def _show(self) -> None:
        self._is_stale = False
        if self.is_gone or not self.is_mounted:
            return
        view = self._moment.look()
        self.set_class(not view.is_unconfirmed, "-running")
        self._rows.show_release(air=self.tall)
        self._box.show_release(gives_way=self._moment.asked is not None)
        self.confirmation.redraw()
        self._show_log()
        self.redraw_lines()
        self.refresh_bindings()

    def _show_log(self) -> None:
        """Show the log of the run under the cursor."""
        progress = self._at
        self.pane.show_run(run_of(progress) if progress is not None else "")

    @property
    def _at(self) -> MemberProgress | None:
        release, row = self._guide.release, self._rows.at
        return release.progress.get(row.service) if release is not None and row is not None else None

    def _spin(self) -> None:
        """Let what goes on move: the heading while it is planned or started, the rows too while it runs."""
        self.confirmation.look()
        is_running = self._view().status is ReleaseStatus.RUNNING
        if self.is_current and (is_running or self.is_planning or self.is_starting_run):
            self._moment.move(1 if self.app.animation_level != "none" else 0)
            self.redraw_lines("#heading")
            if is_running:
                self._rows.refresh()

    def on_row_list_moved(self) -> None:
        """Show the log of the service under the cursor."""
        self._show_log()
        self.refresh_bindings()

    def on_row_list_chosen(self) -> None:
        """Open the run of the service under the cursor; before it has one, its commits."""
        progress, cell = self._at, self.current_cell()
        if progress is not None and run_of(progress):
            self.host.open_run(run_of(progress))
        elif cell is not None:
            navigation.open_commits(self.host, cell)

    def current_cell(self) -> CellKey | None:
        """Return the service under the cursor in the release's stage."""
        return (self._rows.at.service, self._guide.stage.name) if self._rows.at is not None else None

    def proposed_commit(self) -> Commit | None:
        """Return the commit that the service under the cursor gets, as far as its draft was read."""
        draft = self._guide.gates.drafts.get(self._rows.at.service) if self._rows.at is not None else None
        return draft.commit if draft is not None else None

    def copy_items(self) -> Sequence[CopyItem]:
        """Return the release for a chat, its commits, and the command that watches it."""
        release, found = self._guide.release, clipboard.copies(self._view())
        return [*found, self._notes.item(release)] if release is not None else found

    def next_keys(self) -> list[str]:
        """Return the keys of what can be done next."""
        return offers.next_actions(self._view(), self._moment.asked)

    def is_offered(self, action: str, _parameters: tuple[object, ...]) -> bool:
        """Offer only what makes sense for the release as it stands."""
        is_closable = self._requests.ask is not None or self.has_class("-summary") or self._is_in_frame
        if action == "close":
            return is_closable
        offered = self._moment.offered.get(action, True)
        return offered and not (is_closable and action in {"back", "leave_running"})

    @property
    def _is_in_frame(self) -> bool:
        """Whether the person stands in the confirmation."""
        here = self.focused
        return here is not None and self.confirmation in here.ancestors

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be done now."""
        return offers.why_not(self._view(), action, self._at)

    def action_next(self) -> None:
        """Go on to the next field or button; from a field that is right straight to the button."""
        self.confirmation.go_on()

    def action_go(self) -> None:
        """Go to the confirmation: it is typed, and pressed, there."""
        self.confirmation.begin()

    def action_at(self) -> None:
        """Ask when it is to start, then for the confirmation."""
        self._requests.choose_time(self._choose)

    def action_notes(self) -> None:
        """Show the notes of the release."""
        if self._guide.release is not None:
            self._notes.show(self._guide.release)

    def _choose(self, ask: Ask) -> None:
        """Ask for a confirmation in the frame, and go there."""
        self._requests.ask = ask
        self._show()
        self.confirmation.begin()

    def action_retry(self) -> None:
        """Retry the service under the cursor where it is in trouble, else all that are."""
        here = (
            (self._rows.at.service,) if self._at is not None and self._at.state in IN_TROUBLE and self._rows.at else ()
        )
        self._choose(Ask("retry", here or self._view().in_trouble))

    def action_roll_back_all(self) -> None:
        """Ask to roll back every service."""
        self._choose(Ask("roll_back_all"))

    def roll_back(self) -> None:
        """Ask to roll back the service under the cursor, as a part of the release."""
        why = offers.why_not_back(self._view(), self._at)
        if why:
            self.host.say(why, failed=True)
        elif self._rows.at is not None:
            self._choose(Ask("roll_back", (self._rows.at.service,)))

    def action_skip(self) -> None:
        """Ask why the service under the cursor is left out."""
        if self._rows.at is not None:
            self._requests.skip(self._rows.at.service)

    def action_resume(self) -> None:
        """Resume it: what was confirmed stays confirmed."""
        self._requests.resume()

    def action_stop(self) -> None:
        """Ask whether it is to stop."""
        self._requests.stop()

    def action_approve(self) -> None:
        """Ask who approves the set: the person here, or others."""
        self._sign_offs.choose("Approve", approvals_of(self._view()))

    def action_tick(self) -> None:
        """Ask which item of the checklist is ticked."""
        self._sign_offs.choose("Tick", ticks_of(self._view()))

    def action_override(self) -> None:
        """Ask which blocked gate is overridden, and why."""
        self._sign_offs.override(self._view())

    def action_summary(self) -> None:
        """Show the checklist in the place of the waves, or the waves again."""
        self.toggle_class("-summary")
        self._show_side()

    def _show_side(self) -> None:
        """Let the arrow keys scroll the checklist while it is in the place of the waves."""
        side = self.query_one("#side", VerticalScroll)
        side.can_focus = self.has_class("-summary")
        (side if side.can_focus else self._rows).focus()
        side.scroll_home(animate=False)
        self._show()
        self.run_when_drawn(self._show)

    def action_diff(self) -> None:
        """Show what the service under the cursor brings."""
        if self._guide.release is not None and self._rows.at is not None:
            navigation.open_diff_of_member(self.host, self._guide.release, self._rows.at.service)

    def action_refresh(self) -> None:
        """Read the release and its gates again; review what an interrupted planning has left."""
        self._guide.refresh()

    def action_close(self) -> None:
        """Close the confirmation that was chosen, or the summary, and go back to the waves."""
        self._requests.ask = None
        self.remove_class("-summary")
        self._show_side()

    def action_back(self) -> None:
        """Leave; what goes on goes on."""
        self.app.pop_screen()

    action_leave_running = action_back

    on_release_frame_cancel = action_close

    def on_release_frame_confirm(self) -> None:
        """Start it, or do what was chosen."""
        ask = self._moment.asked
        if ask is not None and self.confirmation.can_confirm:
            self._requests.confirm(ask, self.confirmation.typed, self.confirmation.allowances)
            self._rows.focus()
