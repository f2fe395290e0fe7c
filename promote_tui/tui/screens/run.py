"""A run, live or past: its steps beside its log, and how it ended; leaving the screen leaves it running."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from promote_tui.core.errors import PromoteError
from promote_tui.core.run import Outcome, Run, apply, fold
from promote_tui.tui import messages
from promote_tui.tui.dialogs.ask import Ask
from promote_tui.tui.presentation import running
from promote_tui.tui.presentation.ink import BLANK, PAUSED, fit, ink, line, spread, wrap
from promote_tui.tui.presentation.words import exact
from promote_tui.tui.screens.promote import PromoteScreen
from promote_tui.tui.screens.view import View
from promote_tui.tui.tail import Tail
from promote_tui.tui.widgets.drawn import Drawn
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.run_log import RunLog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.message import Message

_POLL = 0.5
_ASK_ALIVE_AFTER = 10
"""Polls without news until it is asked whether the runner lives."""


class RunScreen(View):
    """One run, drawn from the fold of its events."""

    CSS_PATH = "run.tcss"
    TITLE_WORDS = "Run"
    AUTO_FOCUS = "RunLog"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "next", "Promote", id="run.promote", tooltip="promote it on, or review it again after a failure"),
        Binding("c", "reconcile", "Find out", id="run.reconcile", tooltip="find out what happened to a lost run"),
        Binding("f", "follow", "Follow", id="run.follow", tooltip="follow the log"),
        Binding("ctrl+x", "stop", "Stop", id="run.stop", tooltip="stop before the deploy, or cancel the update"),
        Binding("escape", "app.pop_screen", "Leave", id="run.back", tooltip="leave; a live run goes on"),
    ]

    def __init__(self, run: str) -> None:
        super().__init__()
        self.name_of_run = run
        self.shown: Run | None = None
        self._seq = 0
        self._tail: Tail | None = None
        self._polling = False
        self.quiet = 0
        self._alive: bool | None = None
        self._answer = BLANK
        self._error: PromoteError | None = None
        self._frame = 0
        self._over = False
        self._question: Ask[bool] | None = None

    def compose(self) -> ComposeResult:
        """Return the heading, the end, the steps and the log."""
        yield Drawn(self._crumbs, "top")
        yield Drawn(self._heading, "heading")
        with Vertical(id="cause"):
            yield Drawn(self._cause, "why")
        yield Drawn(self._end, "end")
        with Horizontal(id="body"):
            yield Drawn(self._steps, "steps")
            with Vertical(id="log"):
                yield Drawn(self._log_title, "log_title")
                yield RunLog()
        yield KeyBar()

    @property
    def log_pane(self) -> RunLog:
        """The log."""
        return self.query_one(RunLog)

    def on_mount(self) -> None:
        """Read at once, then twice a second."""
        self.query_one("#cause").display = False
        self._poll()
        self.set_interval(_POLL, self._poll)
        self.set_interval(0.25, self._spin)

    def on_resize(self) -> None:
        """Put the log beside the steps where there is room."""
        self.set_class(self.wide, "-wide")

    def _crumbs(self, width: int) -> list[Content]:
        run = self.shown
        words = (
            f"ended {exact(run.ended_at)}" if run and run.ended_at else "runs on its own, esc is safe" if run else ""
        )
        return self.crumbs(width, ink(words, "muted"), run.service if run else "run", self.name_of_run)

    def _heading(self, width: int) -> list[Content]:
        if self._error is not None:
            return wrap(ink(str(self._error), "bad"), width)
        if self.shown is None:
            return [ink("reading the run", "muted")]
        return [running.heading(self.shown, self.now, self.glyphs, width, self._frame)]

    def _cause(self, width: int) -> list[Content]:
        return running.cause_lines(self.shown, self.glyphs, width) if self.shown else []

    def _end(self, width: int) -> list[Content]:
        lines = running.success_lines(self.shown, self._following, self.glyphs, width) if self.shown else []
        if self._alive is False and self.shown and self.shown.outcome is Outcome.PENDING:
            words = "the process that owned this run is gone   "
            lines = [line(ink(words, "warn"), ink("c", "strong"), ink(" finds out what it did"))]
        return [*lines, *([fit(self._answer, width)] if self._answer.plain else [])]

    @property
    def _following(self) -> str | None:
        """The stage that comes after the run's, where there is one."""
        stages = self.promoter.pipeline.stages
        after = [stage.name for stage in stages if self.shown and stage.after == self.shown.stage]
        return after[0] if after else None

    def _steps(self, width: int) -> list[Content]:
        if self.shown is None:
            return []
        beside = self.wide
        lines = running.step_lines(self.shown, self.now, self.glyphs, 40 if beside else width, self._frame)
        if not beside:
            return lines
        head = spread(ink("STEP", "label"), ink("TOOK", "label"), min(38, width))
        return [head, *lines, BLANK, *running.target_lines(self.shown, self.glyphs)]

    def _log_title(self, width: int) -> list[Content]:
        log = self.log_pane
        note = ink("following" if self.shown and self.shown.live else "", "plain")
        if not log.following:
            note = line(ink(f" PAUSED +{log.missed} ", "strong warn"), ink("f ", "strong")).stylize_before(PAUSED)
        path = str(self._tail.path) if self._tail else ""
        return [running.log_title(path, note, width, self.glyphs)]

    def _spin(self) -> None:
        if self.shown is not None and self.shown.live:
            self._frame += 1 if self.app.animation_level != "none" else 0
            for drawn in self.query("#heading, #steps").results(Drawn):
                drawn.redraw()

    def _poll(self) -> None:
        if self._polling or self._over:
            return
        self._polling = True
        engine, run, seq = self.engine, self.name_of_run, self._seq
        ask = self.quiet >= _ASK_ALIVE_AFTER and self.shown is not None
        known = self.shown

        def work() -> Message:
            try:
                events = engine.events(run, seq)
                tail = self._tail = self._tail or Tail(engine.log_file(run))
                lines = tail.read(last=not (known and known.live))
                alive = engine.alive(known) if ask and known else None
            except PromoteError as error:
                return messages.ReadFailed(0, error)
            return messages.RunNews(events, lines, alive)

        self.promoter.background(work, self)

    def on_read_failed(self, message: messages.ReadFailed) -> None:
        """Show why the run cannot be read; it is tried again."""
        self._polling = False
        self._error = message.error
        self._redraw()

    def on_run_news(self, message: messages.RunNews) -> None:
        """Fold what is new and show it."""
        self._polling, self._error = False, None
        before = self.shown
        for recorded in message.events:
            self._seq = recorded.seq
            self.shown = apply(self.shown, recorded.event) if self.shown else fold([recorded.event])
        if self.shown is None:
            self._error = PromoteError(self.name_of_run, "there is no such run", "see 4 Runs")
        self.quiet = 0 if message.events or message.lines else self.quiet + 1
        self._alive = message.alive if message.alive is not None else None if message.events else self._alive
        if message.lines:
            self.log_pane.write(message.lines)
        ended = self.shown is not None and not self.shown.live
        self._over = ended and not message.lines and not message.events
        if before is not None and before.live and ended and self.shown is not None:
            self.promoter.ended(self.shown)
        if ended and self._question is not None:
            self._question.expire()
        if message.events or message.alive is not None or self._error:
            self._redraw()

    def _redraw(self) -> None:
        lines = running.cause_lines(self.shown, self.glyphs, 70) if self.shown else []
        cause = self.query_one("#cause")
        cause.display = bool(lines)
        blamed = self.shown is not None and self.shown.outcome in {Outcome.FAILED, Outcome.ROLLED_BACK}
        cause.set_class(not blamed, "-calm")
        cause.border_title = ink("ROOT CAUSE", "strong bad") if blamed else ink("WHY", "strong warn")
        for drawn in self.query(Drawn):
            drawn.redraw()
        self.refresh_bindings()

    def on_run_log_followed(self) -> None:
        """Say whether the log follows."""
        self.query_one("#log_title", Drawn).redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Offer only what makes sense for the run as it stands."""
        run = self.shown
        if action == "stop":
            return run is not None and run.outcome is Outcome.PENDING
        if action == "reconcile":
            return run is not None and (run.outcome is Outcome.UNKNOWN or self._alive is False)
        if action == "next":
            return run is not None and not run.live and (run.outcome is not Outcome.VERIFIED or bool(self._following))
        return True

    def action_follow(self) -> None:
        """Follow the log again."""
        self.log_pane.action_follow()

    def action_next(self) -> None:
        """Open the review of this commit: for the stage after, or here again where it failed."""
        run = self.shown
        if run is None:
            return
        stage = (self._following or run.stage) if run.outcome is Outcome.VERIFIED else run.stage
        self.app.switch_screen(PromoteScreen(run.service, stage, revision=run.to_commit, draft=None))

    def action_stop(self) -> None:
        """Ask what to stop; keeping it running is the safe answer."""
        run = self.shown
        if run is None or run.outcome is not Outcome.PENDING:
            return
        if run.submitted:
            words = ("CloudFormation is at work. Cancelling the update makes it roll back to what ran before.",)
            answers = (("Keep it running", False), ("Cancel the update", True))
        else:
            words = ("Nothing was submitted yet. Stopping now changes nothing in the stage.",)
            answers = (("Keep it running", False), ("Stop before the deploy", True))
        self._question = Ask[bool](f"Stop {run.service} to {run.stage}?", words, answers)
        self.app.push_screen(self._question, self._stop)

    def _stop(self, sure: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
        self._question = None
        if sure:
            self._request("cancel")

    def action_reconcile(self) -> None:
        """Find out from the stack what happened, and free the lock."""
        self._request("reconcile")

    def _request(self, what: str) -> None:
        engine, run = self.engine, self.name_of_run

        def work() -> Message:
            try:
                return messages.Answered(engine.cancel(run) if what == "cancel" else _verdict(engine.reconcile(run)))
            except PromoteError as error:
                return messages.Answered(str(error), failed=True)

        self._answer = ink("asking", "muted")
        self._over = False
        self._redraw()
        self.promoter.background(work, self)

    def on_answered(self, message: messages.Answered) -> None:
        """Show what the request came to."""
        self._answer = ink(message.words, "bad" if message.failed else "plain")
        self._alive = None
        self.quiet = 0
        self._redraw()


def _verdict(run: Run | None) -> str:
    if run is None:
        return "it never began; its lock is free"
    return f"found out: {run.status.value.replace('_', ' ')}"
