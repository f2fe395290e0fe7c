"""A run, live or past: steps and resources beside its log, and how it ended; leaving the screen leaves it running."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical

from promote_tui.core.errors import PromoteError
from promote_tui.core.git.links import console_url
from promote_tui.core.runs.recourse import describe_stuck, recourse
from promote_tui.core.runs.run import Outcome, Run, apply, fold
from promote_tui.core.runs.unsettled import as_known
from promote_tui.core.stacks.progress import StackProgress, progress
from promote_tui.tui.actions import next_stage
from promote_tui.tui.background import silent
from promote_tui.tui.bindings import bind
from promote_tui.tui.dialogs.stop import Stop
from promote_tui.tui.presentation.next_steps import ACTIONS, error_words
from promote_tui.tui.presentation.run import outcome as ending
from promote_tui.tui.presentation.run import progress as running
from promote_tui.tui.presentation.run.list import command_for
from promote_tui.tui.presentation.run.resources import Look, resource_line, resource_lines
from promote_tui.tui.presentation.style import BLANK, fit, ink, line, wrap
from promote_tui.tui.presentation.wording import exact_time
from promote_tui.tui.screens.base import View
from promote_tui.tui.terminal import pager
from promote_tui.tui.terminal.tail import Tail
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView
from promote_tui.tui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Resize

    from promote_tui.core.matrix import CellKey
    from promote_tui.core.model.stack_status import StackEvent
    from promote_tui.core.planning.next_stage import Onward
    from promote_tui.core.runs.typical_duration import TypicalDuration
    from promote_tui.engine.runs.details import StackNews
    from promote_tui.ports import Recorded
    from promote_tui.tui.dialogs.stop import Choice
    from promote_tui.tui.presentation.style import Role
    from promote_tui.tui.terminal.private_copy import PrivateCopy

_POLL, _LOOK = 0.5, 2.0
_ASK_ALIVE_AFTER = 10
"""Polls without news until it is asked whether the runner lives."""
_SIDE = 40
"""How wide the steps and the resources are beside the log."""


@dataclass(frozen=True, slots=True)
class RunNews:
    """What a run has added since the last time, its log in raw lines; `alive` is None where it was not asked."""

    events: Sequence[Recorded]
    lines: Sequence[bytes]
    alive: bool | None = None


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
        bind("run.back", "back", "Leave it running", "leave; the run continues"),
        bind("run.back", "back(True)", "Back", "back"),
    ]

    def __init__(self, run: str) -> None:
        super().__init__()
        self.name_of_run = run
        self.shown: Run | None = None
        self.quiet = 0
        self._seq = 0
        self._tail: Tail | None = None
        self._polling = self._asking = self._copying = False
        self._alive: bool | None = None
        self._answer = BLANK
        self._error: PromoteError | None = None
        self._frame = 0
        self._over = False
        self._question: Stop | None = None
        self._events: list[StackEvent] = []
        self._stack = StackProgress()
        self._trouble = ""
        self._ticket = 0
        self._looking = False
        self._looked = False
        """Whether the stack was read after the run's end."""
        self._usual: TypicalDuration | None = None
        self._onward: Onward | None = None
        self.pane = LogPane(self.glyphs, self.promoter.key_of("log.bottom"))

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
        self.promoter.board_changed.subscribe(self, lambda _key: self.query_one("#end", LinesView).redraw())
        self._poll()
        self.set_interval(_POLL, self._poll)
        self.set_interval(_LOOK, self._look)
        self.set_interval(0.25, self._spin)

    def on_resize(self, event: Resize) -> None:
        """Draw for the new room."""
        super().on_resize(event)
        self.soon(self._redraw)

    @property
    def _seen(self) -> running.RunView | None:
        if self.shown is None:
            return None
        unproved = self.promoter.board.unproved(self.shown)
        known = self._stack, self._usual, self._trouble
        return running.RunView(self.shown, self.now, *known, gone=self._gone, unproved=unproved)

    @property
    def _gone(self) -> bool:
        return self._alive is False and self.shown is not None and self.shown.outcome is Outcome.PENDING

    @property
    def _keys(self) -> ending.Keys:
        key = self.promoter.key_of
        return ending.Keys(
            key("run.promote"),
            key("run.reconcile"),
            key("app.open"),
            key("app.copy"),
            key("app.rollback"),
            key("app.runs"),
            key("app.decide"),
        )

    def _crumbs(self, width: int) -> list[Content]:
        run = self.shown
        words = ""
        if run is not None:
            words = f"ended {exact_time(run.ended_at)}" if run.ended_at else "keeps running, esc is safe"
        return self.crumbs(width, ink(words, "muted"), run.service if run else "run", f"run {self.name_of_run}")

    def _heading(self, width: int) -> list[Content]:
        if self._error is not None:
            return wrap(ink(self.promoter.told(self._error), "bad"), width)
        if self._seen is None:
            return [ink("reading the run", "muted")]
        return [running.heading(self._seen, self.glyphs, width, self._frame)]

    def _cause(self, width: int) -> list[Content]:
        return ending.cause_lines(self._seen, self._keys, self.glyphs, width) if self._seen else []

    def _end(self, width: int) -> list[Content]:
        run = self.shown
        seen = self._keys, self.glyphs, width
        lines = ending.success_lines(run, self._onward, *seen, held=self._held) if run else []
        if self._gone:
            words = "the process that owned this run is gone   "
            lines = [line(ink(words, "warn"), ink(self._keys.reconcile, "strong"), ink(" reconciles it"))]
        return [*lines, *([fit(self._answer, width)] if self._answer.plain else [])]

    @property
    def _held(self) -> bool:
        """Whether the stage is on hold, as far as it was read since the run ended."""
        run, board = self.shown, self.promoter.board
        view = board.views.get((run.service, run.stage)) if run else None
        if run is None or view is None or board.taken_at is None or board.reading:
            return True
        return view.hold is not None or (run.ended_at or run.started_at) >= board.taken_at

    @property
    def _following(self) -> str | None:
        """The stage that comes after the run's, where there is one."""
        stages = self.promoter.pipeline.stages
        after = [stage.name for stage in stages if self.shown and stage.after == self.shown.stage]
        return after[0] if after else None

    def _steps(self, width: int) -> list[Content]:
        seen = self._seen
        if seen is None:
            return []
        look = Look(self.now, self.glyphs, self._frame)
        if not self.wide:
            steps = running.step_lines(seen, self.glyphs, width, self._frame)
            return [*steps, *resource_line(self._stack, self._trouble, look, width)]
        room = self.query_one("#steps").size.height
        steps = running.step_lines(seen, self.glyphs, _SIDE, self._frame)
        target = running.target_lines(seen.run, self.glyphs, _SIDE)
        if room < len(steps) + len(target) + 6:
            target = []
        left = room - len(steps) - len(target) - (2 if target else 1)
        found = resource_lines(self._stack, self._trouble, look, _SIDE, left)
        return [*steps, BLANK, *found, *([BLANK] if found else []), *target][:room]

    def _spin(self) -> None:
        if self.shown is not None and self.shown.live and not self._gone:
            self._frame += 1 if self.app.animation_level != "none" else 0
            for drawn in self.query("#heading, #steps").results(LinesView):
                drawn.redraw()

    def _poll(self) -> None:
        if self._polling or self._over:
            return
        self._polling = True
        engine, run, seq = self.engine, self.name_of_run, self._seq
        ask = self.quiet >= _ASK_ALIVE_AFTER and self.shown is not None
        known = self.shown

        def work() -> RunNews:
            name = run if known else engine.runs.find(run).id  # a beginning of an id is enough
            events = engine.runs.events(name, seq)
            tail = self._tail = self._tail or Tail(engine.runs.log_file(name))
            lines = tail.read(last=not (known and known.live))
            return RunNews(events, lines, engine.runs.is_alive(known) if ask and known else None)

        self.background(work, self._show_news, self._show_failure)

    def _show_failure(self, error: PromoteError) -> None:
        """Show why the run cannot be read; it is tried again."""
        self._polling = self._looking = False
        self._error = error
        self._redraw()

    def _show_news(self, news: RunNews) -> None:
        """Fold what is new and show it."""
        self._polling, failed = False, self._error is not None
        self._error = None
        before = self.shown
        for recorded in news.events:
            self._seq = recorded.seq
            self.shown = apply(self.shown, recorded.event) if self.shown else fold([recorded.event])
        run = self.shown
        if run is None:
            self._error = PromoteError(self.name_of_run, "there is no such run", "see 4 Runs")
        self.quiet = 0 if news.events or news.lines else self.quiet + 1
        self._alive = news.alive if news.alive is not None else None if news.events else self._alive
        self._take_log(news)
        ended = run is not None and not run.live
        self._over = ended and not news.lines and not news.events
        if run is not None:
            self._told(run, before, news=bool(news.events))
        if self._over:
            self.soon(self._point_at_failure)
        if news.events or news.alive is not None or self._error or failed:
            self._redraw()
        if self._tail is not None and self._tail.more:
            self._poll()

    def _take_log(self, news: RunNews) -> None:
        run, tail = self.shown, self._tail
        if tail is None or run is None:
            return
        empty = ""
        if not tail.there:
            empty = running.no_log(run)
        self.pane.take(news.lines, "" if run.apart else str(tail.path), empty, live=run.live)

    def _told(self, run: Run, before: Run | None, *, news: bool) -> None:
        """Tell the rest what the run's events mean for it."""
        self.name_of_run = run.id
        if before is None:
            self._ask_usual(run)
        if (
            self._following
            and run.outcome is Outcome.VERIFIED
            and (before is None or before.outcome is not run.outcome)
        ):
            next_stage.ask(self.promoter, run, self, self._show_onward)
        if before is not None and before.live and not run.live:
            self.promoter.ended(run)
        if self._question is not None:
            self._question.follow(submitted=run.submitted)
            if run.outcome is not Outcome.PENDING:
                self._question.expire()
        if news:
            self._looked = False
            self._look()

    def _ask_usual(self, run: Run) -> None:
        engine = self.engine
        # the run itself is read from the same ledger, and says what is wrong with it
        self.background(lambda: engine.runs.typical_duration(run), self._show_usual, silent)

    def _show_usual(self, usual: TypicalDuration | None) -> None:
        """Show how long such a run usually takes."""
        self._usual = usual
        self._redraw()

    def _show_onward(self, onward: Onward | None) -> None:
        """Show what the next stage's branches allow."""
        self._onward = onward
        self._redraw()

    def _look(self) -> None:
        """Read what CloudFormation does, while it does something, and once more after the end."""
        run = self.shown
        if run is None or not run.submitted or self._looking or self._looked:
            return
        self._looking = True
        self._ticket += 1
        engine, ticket, after = self.engine, self._ticket, self._events[-1] if self._events else None

        ended = run.outcome is not Outcome.PENDING
        self.background(
            lambda: engine.runs.stack_events(run, after),
            lambda news: self._show_stack(ticket, news, ended=ended),
            self._show_failure,
        )

    def _show_stack(self, ticket: int, news: StackNews, *, ended: bool) -> None:
        """Show the resources as they are now; `ended`: the run had a verdict by then."""
        if ticket != self._ticket:
            return
        self._looking, self._looked = False, ended
        changed = bool(news.events) or news.trouble != self._trouble
        self._trouble = news.trouble
        self._events += news.events
        if changed:
            self._stack = progress(self._events)
            self._redraw()
        if not ended and self.shown is not None and self.shown.outcome is not Outcome.PENDING:
            self._look()

    def _point_at_failure(self) -> None:
        """Bring the line that tells of the failure into sight, unless somebody reads elsewhere."""
        run, log = self.shown, self.pane.lines
        if run is None or run.outcome not in {Outcome.FAILED, Outcome.ROLLED_BACK} or not log.following:
            return
        cause = ending.cause_of(run)
        number = log.buffer.find(cause.status, cause.resource) if cause.resource else None
        if number is not None:
            log.point_at(number)

    def _redraw(self) -> None:
        cause = self.query_one("#cause")
        blamed = self.shown is not None and self.shown.outcome in {Outcome.FAILED, Outcome.ROLLED_BACK}
        cause.display = self.shown is not None and self.shown.outcome not in {Outcome.PENDING, Outcome.VERIFIED}
        cause.set_class(not blamed, "-calm")
        self.set_class(cause.display, "-ended")
        self.query_one("#end").display = bool(self._end(80))
        when = ending.first_failure_time(self._seen) if self._seen and blamed else ""
        title = ink("ROOT CAUSE", "strong bad") if blamed else ink("WHY", "strong warn")
        cause.border_title = line(title, ink(f"  {when}", "muted")) if when else title
        for drawn in self.query(LinesView):
            drawn.redraw()
        self.refresh_bindings()

    def on_run_log_followed(self) -> None:
        """Offer what can be done with the log as it stands."""
        self.refresh_bindings()

    def next_keys(self) -> list[str]:
        """Return the key of what can be done about a run that did not end well."""
        seen = self._seen
        if seen is None:
            return []
        if self._gone:
            return ["run.reconcile"]
        if seen.run.went_back and self._held:
            return ["app.decide"]
        step = recourse(seen.run, unproved=seen.unproved)
        return [ACTIONS["run"][step.deed]] if step else []

    def offers(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer only what makes sense for the run as it stands."""
        run, log = self.shown, self.pane
        if run is None:
            return action in {"refresh", "search", "pager", "wrap"} or (action == "back" and bool(parameters))
        outcome = run.outcome
        offered = {
            "stop": outcome is Outcome.PENDING and not self._gone,
            "reconcile": outcome is Outcome.UNKNOWN or self._gone,
            "again": not run.live and outcome not in {Outcome.VERIFIED, Outcome.UNKNOWN},
            "onward": outcome is Outcome.VERIFIED and bool(self._following),
            "follow": not log.lines.following or run.live,
            "match": bool(log.lines.buffer.needle),
            "unsearch": log.searching,
            "back": not log.searching and run.live != bool(parameters),
        }
        return offered.get(action, True)

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:  # noqa: ARG002 - as the view has it
        """Return why the next step cannot be taken yet."""
        run = self.shown
        if action == "again" and run is not None and describe_stuck(run):
            return f"{run.service}/{run.stage}: {describe_stuck(run)}"
        if action in {"stop", "reconcile"} and self.promoter.read_only:
            return "promote-tui was started with --read-only"
        if action == "match" and not self.pane.lines.buffer.place[1]:
            return f"nothing in the log matches {self.pane.lines.buffer.needle}"
        if action == "pager" and not (self._tail and self._tail.there):
            return "there is no log to show"
        return ""

    def copies(self) -> list[tuple[str, str]]:
        """Return the reason of a failure first, then the log's path, the line that is looked at, and the run."""
        run = self.shown
        if run is None:
            return []
        looked_at, in_sight = self.pane.lines.looked_at(), self.pane.lines.in_sight()
        found = [
            ("reason", run.cause),
            ("line", looked_at),
            ("log's path", str(self._tail.path) if self._tail else ""),
            ("lines in sight", "\n".join(self.pane.lines.buffer.text_of(number) for number in in_sight)),
            command_for(as_known(run, alive=not self._gone)),
            ("commit", run.to_commit),
            ("run", run.id),
            ("deploy's command", shlex.join(run.command)),
        ]
        return [(what, text) for what, text in found if text.strip()]

    def opens(self) -> list[tuple[str, str]]:
        """Return the stack in the console, as far as it is known."""
        run = self.shown
        if run is None:
            return []
        seen = self._events[-1].stack_id if self._events else run.observed.stack_id if run.observed else None
        _, region, name = (*run.planned.key.split("/", 2), "", "")[:3]
        return [("stack in the console", console_url(region, seen or run.planned.stack_id or name))]

    def about(self) -> CellKey | None:
        """Return where the run deploys to."""
        return (self.shown.service, self.shown.stage) if self.shown else None

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
        tail = self._tail
        if tail is None or self._copying:
            return
        self._copying = True
        self.promoter.say("preparing a private copy of the log")

        self.background(
            lambda: pager.cleaned_copy(tail.path),
            self._show_pager,
            lambda error: self._answered(str(error), role="bad"),
        )

    def _show_pager(self, copy: PrivateCopy) -> None:
        """Hand the terminal to the pager, and come back."""
        self._copying = False
        trouble = pager.hand_over(self.app, copy.path) if self.is_current else ""
        copy.delete()
        if trouble:
            self.promoter.say(trouble, failed=True)

    def action_refresh(self) -> None:
        """Read the run and its stack again."""
        self._over, self._looked = False, False
        self._poll()
        self._look()

    def action_back(self, ended: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - a binding's parameter
        """Leave; a live run goes on."""
        self.app.pop_screen()

    def action_again(self) -> None:
        """Review this commit again where it failed."""
        if self.shown is not None:
            self._review(self.shown, self.shown.stage)

    def action_onward(self) -> None:
        """Review this commit for the stage after."""
        if self.shown is not None and self._following is not None:
            run = self.shown
            self.app.switch_screen(next_stage.screen(run.service, run.to_commit, self._following, self._onward))

    def _review(self, run: Run, stage: str) -> None:
        from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - it imports this one's app

        self.app.switch_screen(PromoteScreen(run.service, stage, revision=run.to_commit, draft=None))

    def action_stop(self) -> None:
        """Ask what to stop; keeping it running is the safe answer."""
        run = self.shown
        if run is None or run.outcome is not Outcome.PENDING:
            return
        self._question = Stop(f"{run.service} to {run.stage}", submitted=run.submitted)
        self.app.push_screen(self._question, self._stop)

    def _stop(self, choice: Choice | None) -> None:
        self._question = None
        if choice == "detach":
            self.app.pop_screen()
        elif choice in {"stop", "cancel"}:
            self._request(choice)

    def action_reconcile(self) -> None:
        """Find out from the stack what happened, and free the lock."""
        self._request("reconcile")

    def _request(self, what: str) -> None:
        engine, run = self.engine, self.name_of_run

        def work() -> str:
            if what == "reconcile":
                return ending.reconcile_words(engine.runs.reconcile(run))
            if what == "stop" and engine.runs.find(run).submitted:
                return "it was submitted meanwhile; stopping it now means a rollback: ask again"
            return engine.runs.cancel(run)

        if self._asking:
            return
        self._asking = True
        self._answer = ink("asking", "muted")
        self._over = False
        self._redraw()
        self.background(
            work,
            self._answered,
            lambda error: self._answered(error_words(error, self.promoter.key_of, "run"), role="bad"),
        )

    def _answered(self, words: str, role: Role = "plain") -> None:
        """Show what the request came to."""
        self._asking = self._copying = False
        self._answer = ink(words, role)
        self._alive = None
        self.quiet = 0
        self._redraw()
