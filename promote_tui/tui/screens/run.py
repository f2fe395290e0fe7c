"""A run, live or past: steps and resources beside its log, and how it ended; leaving the screen leaves it running."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical

from promote_tui.core.runs.next_step import describe_stuck, next_step_after
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.tui.actions import navigation, next_stage
from promote_tui.tui.actions.paging import Paging
from promote_tui.tui.actions.run_requests import RunRequests
from promote_tui.tui.bindings import bind
from promote_tui.tui.presentation.next_steps import ACTIONS
from promote_tui.tui.presentation.run import clipboard, page
from promote_tui.tui.presentation.run import outcome as ending
from promote_tui.tui.presentation.run import progress as running
from promote_tui.tui.presentation.run.resources import RunStyle
from promote_tui.tui.presentation.style import fit, ink, wrap
from promote_tui.tui.presentation.wording import exact_time
from promote_tui.tui.screens.base import View
from promote_tui.tui.state.run_feed import RunFeed, RunNews
from promote_tui.tui.state.stack_feed import StackFeed
from promote_tui.tui.terminal import pager
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView
from promote_tui.tui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.planning.next_stage import NextStage

_POLL, _LOOK = 0.5, 2.0


class RunScreen(View):
    """One run, drawn from the fold of its events and of its stack's."""

    CSS_PATH = "run.tcss"
    TITLE_WORDS = "Run"
    AUTO_FOCUS = "RunLog"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("run.promote", "again", "Review again", "review the promotion of this commit again"),
        bind("run.promote", "onward", "Promote", "promote the commit to the next stage"),
        bind("run.reconcile", "reconcile", "Reconcile", "reconcile a lost run"),
        bind("run.follow", "follow", "Follow", "follow the log"),
        bind("run.next_match", "match(1)", "Next match", "the next match of the search"),
        bind("run.previous_match", "match(-1)", "previous match", "the match before", show=False),
        bind("run.search", "search", "Search", "search the log; enter keeps it, esc clears"),
        bind("run.pager", "pager", "Pager", "the whole log in $PAGER"),
        bind("run.stop", "stop", "Stop", "stop before the deploy, leave it, or cancel the update"),
        bind("run.wrap", "wrap", "Wrap", "wrap long lines of the log, or cut them", show=False),
        bind("run.refresh", "refresh", "Refresh", "read the run and its stack again", show=False),
        bind("run.back", "unsearch", "Clear search", "clear the search"),
        bind("run.back", "leave_running", "Leave it running", "leave; the run continues"),
        bind("run.back", "back", "Back", "back"),
    ]

    def __init__(self, run: str) -> None:
        super().__init__()
        self.feed = RunFeed(self, run, self._show_news, self._show_failure, self._redraw)
        self._stack = StackFeed(self, lambda: self.feed.run, self._redraw, self._show_failure)
        self._requests = RunRequests(self, self._asked, self._answered)
        self._paging = Paging(self)
        self._shows_error = False
        self._frame = 0
        self._onward: NextStage | None = None
        self.pane = LogPane(self.glyphs, self.host.key_of("log.bottom"))

    @property
    def name_of_run(self) -> str:
        """The id of the run."""
        return self.feed.name

    def compose(self) -> ComposeResult:
        """Return the heading, the end, the steps and the log."""
        yield LinesView(self._crumbs, "top")
        yield LinesView(self._heading, "heading")
        with Vertical(id="cause") as cause:
            cause.display = False
            yield LinesView(self._cause, "why")
        yield LinesView(self._end, "end")
        with Horizontal(id="body"):
            yield LinesView(self._steps, "steps")
            yield self.pane
        yield KeyBar()

    def on_mount(self) -> None:
        """Read at once, then twice a second, and the stack every other second."""
        self.host.cells_changed.subscribe(self, lambda _key: self.redraw_lines("#end"))
        self.feed.poll()
        self.set_interval(_POLL, self.feed.poll)
        self.set_interval(_LOOK, self._stack.look)
        self.set_interval(0.25, self._spin)

    def on_resize(self, event: Resize) -> None:
        """Draw for the new room."""
        super().on_resize(event)
        self.run_when_drawn(self._redraw)

    @property
    def _seen(self) -> running.RunView | None:
        run = self.feed.run
        if run is None:
            return None
        known = self._stack.progress, self.feed.usual, self._stack.trouble
        unproved = self.host.cells.is_still_unproved(run)
        return running.RunView(run, self.now, *known, gone=self.feed.is_orphaned, unproved=unproved)

    @property
    def _keys(self) -> ending.RunKeys:
        return ending.RunKeys.read(self.host.key_of, runs="app.runs", promote="run.promote", reconcile="run.reconcile")

    def _crumbs(self, width: int) -> list[Content]:
        run = self.feed.run
        words = f"ended {exact_time(run.ended_at)}" if run and run.ended_at else "keeps running, esc is safe"
        right = ink(words if run else "", "muted")
        return self.crumbs(width, right, run.service if run else "run", f"run {self.name_of_run}")

    def _heading(self, width: int) -> list[Content]:
        if self.feed.error is not None:
            return wrap(ink(self.host.describe_error(self.feed.error), "bad"), width)
        if self._seen is None:
            return [ink("reading the run", "muted")]
        return [running.heading(self._seen, self.glyphs, width, self._frame)]

    def _cause(self, width: int) -> list[Content]:
        return ending.cause_lines(self._seen, self._keys, self.glyphs, width) if self._seen else []

    def _end(self, width: int) -> list[Content]:
        seen, answer = self._seen, self._requests.answer
        lines: list[Content] = []
        if seen is not None:
            end = ending.RunFollowUp(self._onward, may_be_held=self.host.cells.may_be_held(seen.run))
            lines = page.end_lines(seen, end, self._keys, self.glyphs, width)
        return [*lines, *([fit(answer, width)] if answer.plain else [])]

    @property
    def _following(self) -> str | None:
        return next_stage.stage_after(self.host, self.feed.run) if self.feed.run else None

    def _steps(self, width: int) -> list[Content]:
        seen = self._seen
        if seen is None:
            return []
        look = RunStyle(self.now, self.glyphs, self._frame)
        if self.wide:
            return page.side_lines(seen, look, self.query_one("#steps").size.height)
        return page.top_lines(seen, look, width)

    def _spin(self) -> None:
        run = self.feed.run
        if run is not None and run.live and not self.feed.is_orphaned:
            self._frame += 1 if self.app.animation_level != "none" else 0
            self.redraw_lines("#heading, #steps")

    def _show_failure(self, error: PromoteError) -> None:
        """Show why the run cannot be read; it is tried again."""
        self.feed.error = error
        self._redraw()

    def _show_news(self, news: RunNews, before: Run | None) -> None:
        """Show what is new, and tell the rest what it means for them."""
        feed = self.feed
        if feed.run is not None:
            self.pane.take_news(feed.run, feed.tail, news.lines)
            self._follow_run(feed.run, before)
        if feed.run is not None and news.events:
            self._stack.look_anew()
        if feed.is_over:
            self.run_when_drawn(self._point_at_failure)
        if news.events or news.alive is not None or feed.error or self._shows_error:
            self._redraw()

    def _follow_run(self, run: Run, before: Run | None) -> None:
        """Ask what is to be known of a run that has come or has ended, and tell the app and a dialog of its end."""
        verified = run.outcome is Outcome.VERIFIED
        if self._following and verified and (before is None or before.outcome is not run.outcome):
            next_stage.find_next_stage(self.host, run, self, self._show_onward)
        if not run.live and (before.live if before is not None else run.id in self.host.live):
            self.host.run_ended(run)
        self._requests.follow(run)

    def _show_onward(self, onward: NextStage | None) -> None:
        self._onward = onward
        self._redraw()

    def _point_at_failure(self) -> None:
        """Bring the line that tells of the failure into sight, unless somebody reads elsewhere."""
        run, log = self.feed.run, self.pane.lines
        if run is None or not page.has_failed(run) or not log.following:
            return
        cause = ending.cause_of(run)
        number = log.buffer.find(cause.status, cause.resource) if cause.resource else None
        if number is not None:
            log.point_at(number)

    def _redraw(self) -> None:
        cause, run = self.query_one("#cause"), self.feed.run
        self._shows_error = self.feed.error is not None
        cause.display = page.has_cause(run)
        cause.set_class(not page.has_failed(run), "-calm")
        self.set_class(cause.display, "-ended")
        self.query_one("#end").display = bool(self._end(80))
        cause.border_title = page.cause_title(self._seen)
        self.redraw_lines()
        self.refresh_bindings()

    @property
    def is_searching(self) -> bool:
        """Whether what is looked for in the log is being typed."""
        return self.pane.is_typed_in

    def on_run_log_following_changed(self) -> None:
        """Offer what can be done with the log as it stands."""
        self.refresh_bindings()

    def next_keys(self) -> list[str]:
        """Return the key of what can be done about a run that did not end well."""
        seen = self._seen
        if seen is None:
            return []
        if self.feed.is_orphaned:
            return ["run.reconcile"]
        if seen.run.rollback_words and self.host.cells.may_be_held(seen.run):
            return ["app.decide"]
        step = next_step_after(seen.run, unproved=seen.unproved)
        return [ACTIONS["run"][step.kind]] if step else []

    def is_offered(self, action: str, _parameters: tuple[object, ...]) -> bool:
        """Offer only what makes sense for the run as it stands."""
        run, log = self.feed.run, self.pane
        if run is None:
            return action in {"refresh", "search", "pager", "wrap", "back"}
        offered = {
            **page.offered_actions(run, is_orphaned=self.feed.is_orphaned, has_next=bool(self._following)),
            "follow": not log.lines.following or run.live,
            "match": bool(log.lines.buffer.needle),
            "unsearch": log.searching,
            "leave_running": not log.searching and run.live,
            "back": not log.searching and not run.live,
        }
        return offered.get(action, True)

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Return why the next step cannot be taken yet."""
        run, log = self.feed.run, self.pane.lines.buffer
        if action == "again" and run is not None and describe_stuck(run):
            return f"{run.service}/{run.stage}: {describe_stuck(run)}"
        if action in {"stop", "reconcile"} and self.host.read_only:
            return "promote-tui was started with --read-only"
        if action == "match" and not log.place[1]:
            return f"nothing in the log matches {log.needle}"
        return "there is no log to show" if action == "pager" and not self.feed.has_log else ""

    def copy_items(self) -> list[tuple[str, str]]:
        """Return the reason of a failure first, then the log's path, the line that is looked at, and the run."""
        run, tail = self.feed.run, self.feed.tail
        path = ("log's path", str(tail.path) if tail else "")
        line_, lines = self.pane.copy_items()
        return clipboard.page_copies(run, (line_, path, lines), is_orphaned=self.feed.is_orphaned) if run else []

    def web_pages(self) -> list[tuple[str, str]]:
        """Return the stack in the console, as far as it is known."""
        return clipboard.console_page(self.feed.run, self._stack.stack_id) if self.feed.run else []

    def current_cell(self) -> CellKey | None:
        """Return where the run deploys to, where the matrix has it: it has no previews."""
        return self.feed.run.cell if self.feed.run else None

    def action_follow(self) -> None:
        """Follow the log again."""
        self.pane.lines.action_follow()

    def action_search(self) -> None:
        """Ask for what to look for."""
        self.pane.search()

    def action_unsearch(self) -> None:
        """Forget the search."""
        self.pane.unsearch()

    def action_match(self, step: int) -> None:
        """Go to another match."""
        self.pane.lines.go_on(step)

    def action_wrap(self) -> None:
        """Wrap long lines, or cut them."""
        self.pane.lines.wrap(on=not self.pane.lines.wrapped)

    def action_pager(self) -> None:
        """Make a copy that a pager may show, in a thread: a log can be long."""
        tail = self.feed.tail
        if tail is not None:
            say, words = self._requests.say, "preparing a private copy of the log"
            self._paging.open(lambda: pager.cleaned_copy(tail.path), lambda why: say(why, "bad"), words=words)

    def action_refresh(self) -> None:
        """Read the run and its stack again."""
        self.feed.is_over = False
        self.feed.poll()
        self._stack.look_anew()

    def action_leave_running(self) -> None:
        """Leave; the run goes on."""
        self.app.pop_screen()

    def action_back(self) -> None:
        """Leave."""
        self.app.pop_screen()

    def action_again(self) -> None:
        """Review this commit again where it failed."""
        run = self.feed.run
        if run is not None:
            review = navigation.review_screen((run.service, run.stage), revision=run.to_commit)
            self.app.switch_screen(review)

    def action_onward(self) -> None:
        """Review this commit for the stage after."""
        run = self.feed.run
        if run is not None and self._following is not None:
            review = next_stage.next_stage_screen(run.service, run.to_commit, self._following, self._onward)
            self.app.switch_screen(review)

    def action_stop(self) -> None:
        """Ask what to stop."""
        run = self.feed.run
        if run is not None and run.outcome is Outcome.PENDING:
            self._requests.ask_to_stop(run)

    def action_reconcile(self) -> None:
        """Find out from the stack what happened, and free the lock."""
        self._requests.request(self.feed.name, "reconcile")

    def _asked(self) -> None:
        self.feed.is_over = False
        self._redraw()

    def _answered(self) -> None:
        """Show what the request came to."""
        self.feed.poll_anew()
        self._redraw()
