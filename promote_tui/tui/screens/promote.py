"""A promotion before it runs: the draft, the plan as it is made, and the confirmation that its stage asks for."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input

from promote_tui.core.errors import PlanStale, Refused, UsageError
from promote_tui.core.git.links import commit_url, compare_url, console_url
from promote_tui.core.model.cells import commit_of, stack_of
from promote_tui.core.planning.plan import Confirmation, approve
from promote_tui.core.planning.rollback_history import RollbackHistory, rollback_history
from promote_tui.core.text import plural
from promote_tui.ports import RunFilter
from promote_tui.tui.background import silent
from promote_tui.tui.bindings import MOVE, bind
from promote_tui.tui.presentation.next_steps import ACTIONS
from promote_tui.tui.presentation.review import compact, confirm, model, rollback, sections, steps, way_back
from promote_tui.tui.presentation.review.clipboard import summary
from promote_tui.tui.presentation.style import BLANK, ink
from promote_tui.tui.presentation.wording import ago
from promote_tui.tui.screens.base import View
from promote_tui.tui.typed_ahead import QuietPeriod
from promote_tui.tui.widgets.confirm_frame import ConfirmFrame
from promote_tui.tui.widgets.key_bar import KeyBar
from promote_tui.tui.widgets.lines import LinesView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content
    from textual.events import Key, Resize
    from textual.widget import Widget

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.matrix import CellKey
    from promote_tui.core.model.pipeline import Commit, Target
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.actions.clipboard import Thing
    from promote_tui.tui.state.kept import Kept

ASK_AGAIN = 30.0
"""Seconds between two looks at the gates: people decide elsewhere, and time opens some."""
_PAST = 50
"""How many runs of a stage are looked through for the one that verified what is gone back to."""
_STEPS = ("promote.commits", "promote.changes", "promote.gates", "promote.approvals", "promote.confirm")
_HANDING = "the run is starting"


class PromoteScreen(View):
    """The review and its confirmation; nothing but its Deploy starts a deploy.

    `queue` are the cells that come after this one, which is the one `at` of all of them.
    """

    CSS_PATH = "promote.tcss"
    TITLE_WORDS = "Promote"
    AUTO_FOCUS = "#cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("promote.next", "next", "Next", "the next field or button", priority=True),
        bind("promote.deploy", "deploy_at_once", "Deploy", "deploy, where the stage asks for one key"),
        bind("promote.tick", "step_of('tick')", "Tick", "tick the missing items of the checklist"),
        bind("promote.checks", "step_of('checks')", "Run checks", "run the stage's checks on the commit"),
        bind("promote.lift", "step_of('lift')", "Lift hold", "lift the hold"),
        bind("promote.before", "step_of('promote')", "Stage before", "review it for the stage before first"),
        bind("promote.choose", "step_of('choose')", "Choose", "choose another commit"),
        bind("promote.run", "step_of('run')", "Open run", "open the run that is in the way"),
        bind("promote.override", "override", "Override", "override a blocked gate, with a reason"),
        bind("promote.skip", "skip", "Skip", "next of the batch; this draft is kept"),
        bind("promote.diff", "diff", "Diff", "diff against what p would deploy"),
        bind("promote.again", "again", "Plan again", "check the gates again, or plan again"),
        bind("promote.back", "back", "Back", "all steps; again: leave (the draft is kept)"),
        bind("promote.commits", "step(1)", "Commits", "the commits, in full", show=False),
        bind("promote.changes", "step(2)", "Changes", "the changes, in full", show=False),
        bind("promote.gates", "step(3)", "Gates", "the gates and the rollback, in full", show=False),
        bind("promote.approvals", "step(4)", "Approvals", "the approvals, in full", show=False),
        bind("promote.confirm", "step(5)", "Confirm", "all steps, and the confirmation", show=False),
        bind("promote.up", "scroll(-1)", "scroll up", show=False, group=MOVE),
        bind("promote.down", "scroll(1)", "scroll down", show=False, group=MOVE),
        bind("promote.page_up", "scroll(-8)", "a page up", show=False, group=MOVE),
        bind("promote.page_down", "scroll(8)", "a page down", show=False, group=MOVE),
        bind("promote.left", "app.focus_previous", "previous button", show=False, group=MOVE),
        bind("promote.right", "app.focus_next", "next button", show=False, group=MOVE),
    ]

    def __init__(  # noqa: PLR0913 - what it promotes, what is known of that, and what comes after it
        self,
        service: str,
        stage: str,
        *,
        revision: str | None,
        draft: Draft | None,
        queue: tuple[CellKey, ...] = (),
        at: int = 1,
        back: bool = False,
    ) -> None:
        super().__init__()
        self._key = (service, stage)
        self._revision = revision
        self._given = draft
        self._queue = queue
        self._at = at
        self._back = back
        self._kept: Kept | None = None
        self._step = steps.CONFIRM
        self._starting = False
        self._run: str | None = None
        self._frame = 0
        self._gone = False
        self._runs: Sequence[Run] = ()
        self._ahead = ""
        """What was typed before there was anything to type into."""
        self._there = False
        self._settled = QuietPeriod(self, self._redraw)
        """Before that no letter is a key: it was typed ahead, for the confirmation that is on its way."""
        self._typing = QuietPeriod(self, lambda: None)
        self._plan: str | None = None
        """The plan that whatever is typed was typed for."""

    @property
    def handing_over(self) -> bool:
        """Whether the runner was started and has not said yet that the run has begun."""
        return self._starting

    @property
    def hands_off(self) -> bool:
        """Whether letters are no keys now."""
        return not self._settled.over

    @property
    def target(self) -> Target:
        """Where the promotion goes."""
        return self.promoter.pipeline.service(self._key[0]).target(self._key[1])

    def compose(self) -> ComposeResult:
        """Return the bar, the steps, the evidence and the frame with the confirmation."""
        yield LinesView(self._crumbs, "top")
        yield LinesView(self._step_line, "steps")
        with Horizontal(id="evidence"):
            with VerticalScroll(id="left", can_focus=False):
                yield LinesView(self._brief, "brief")
                yield LinesView(lambda width: sections.commits(self._review(), width), "commits")
                yield LinesView(lambda width: sections.changes(self._review(), width), "changes")
            with VerticalScroll(id="right", can_focus=False):
                yield LinesView(lambda width: sections.gates(self._review(), width), "gates")
                yield LinesView(lambda width: sections.approvals(self._review(), width), "approvals")
                yield LinesView(lambda width: way_back.way_back(self._review(), width), "back")
        yield ConfirmFrame(self._review)
        yield KeyBar()

    @property
    def confirmation(self) -> ConfirmFrame:
        """The frame with the confirmation."""
        return self.query_one(ConfirmFrame)

    @property
    def frame_visible(self) -> bool:
        """Whether account, region, stage and stack can be read on the screen right now."""
        return self.confirmation.in_sight

    def on_mount(self) -> None:
        """Go on with what is kept for this commit, or begin with the draft that is there already."""
        self.promoter.drafts.changed.subscribe(self, self._changed)
        self.set_class(self._back, "-back")
        self._there = True
        self._open()
        if self._ahead:
            self._hold(self._ahead)
        if self._back:
            self._read_past()
        self.set_interval(0.25, self._spin)
        self.set_interval(ASK_AGAIN, self._ask_by_itself)

    def _read_past(self) -> None:
        """Read who put there what runs now, and how the code did that is gone back to."""
        engine, key = self.engine, self._key

        self.background(lambda: engine.runs.page(RunFilter(*key), limit=_PAST).runs, self._show_past, silent)

    def _show_past(self, runs: Sequence[Run]) -> None:
        """Show what the record says."""
        self._runs = runs
        self._redraw()

    def _open(self) -> None:
        self._kept = self.promoter.drafts.open(self._key, self._revision, self._given, back=self._back)
        self._plan = self._kept.plan.id if self._kept.plan else None
        self._redraw()

    def on_resize(self, event: Resize) -> None:
        """Put the gates beside the commits where there is room for both, else everything in a line each."""
        super().on_resize(event)
        self.set_class(self.wide and self.tall, "-two")
        self.soon(self._redraw)

    def on_screen_resume(self) -> None:
        """Go on where a run was started meanwhile, or where another review of this cell took over."""
        super().on_screen_resume()
        if self._run is not None:
            self._go_on(self._run)
        elif self._kept is not None and not self._starting and not self._gone:
            if not self.promoter.drafts.has(self._kept):
                self._given = None
                self._open()
            self._kept.shown = True
            self._redraw()

    def _changed(self, key: CellKey) -> None:
        if key == self._key and not self._gone and self._nowhere:
            self._choose()
        elif key == self._key and not self._gone:
            self._forget_words()
            self._redraw()
            self.soon(self._redraw)  # the frame may have grown: what fits is known only then

    @property
    def _nowhere(self) -> bool:
        """Whether nothing is on record to go back to, so that a person has to say where."""
        error = self._kept.error if self._kept else None
        return self._back and self._revision is None and isinstance(error, UsageError) and self.is_current

    def _choose(self) -> None:
        """Show the commits in the place of the review: one of them is what to go back to."""
        from promote_tui.tui.screens.service import ServiceScreen  # noqa: PLC0415 - not before it is opened

        cause = self._kept.error.cause if self._kept and self._kept.error else ""
        self._gone = True
        self.app.switch_screen(ServiceScreen(*self._key, back=cause))

    def _forget_words(self) -> None:
        """Let words that were typed for one plan not confirm another."""
        now = self._kept.plan.id if self._kept and self._kept.plan else None
        if now is None or now == self._plan:
            return
        if self._plan is not None and (self.confirmation.fields.phrase or self.confirmation.fields.names):
            self.confirmation.reset()
            self.promoter.say("the plan has changed: read it, then type again", failed=True)
        self._plan = now

    def _review(self) -> model.Review:
        kept, app = self._kept, self.promoter
        seconds = (self.now - kept.since).total_seconds() if kept and kept.since else None
        return model.Review(
            self.target,
            app.pipeline.stage(self._key[1]).confirm,
            self.now,
            self.glyphs,
            kept.draft if kept else self._given,
            kept.plan if kept else None,
            kept.doing if kept else "reading the stack and the history",
            seconds,
            kept.error if kept else None,
            app.board.views.get(self._key),
            app.pipeline.service(self._key[0]).shared,
            app.read_only,
            self._starting,
            self._frame,
            self._keys,
            self._named,
            self._back,
        )

    @property
    def _named(self) -> str:
        frames = self.query(ConfirmFrame)
        return frames.first().fields.names if frames else ""

    @property
    def _keys(self) -> model.Keys:
        key, names = self.promoter.key_of, ("again", "deploy", "diff", "next")
        again, deploy, diff, onward = (key(f"promote.{name}") for name in names)
        return model.Keys(again, key("app.copy"), deploy, diff, key("app.login"), onward, key)

    def _crumbs(self, width: int) -> list[Content]:
        kept = self._kept
        words = [f"{self._at} of {self._at + len(self._queue)}"] if self.one_of_many else []
        words += ["draft kept"] if kept and kept.resumed and width >= 78 else []  # noqa: PLR2004 - below it goes
        words += [f"planned {ago(kept.plan.created_at, self.now)}"] if kept and kept.plan else []
        what = f"roll back {self._key[1]}" if self._back else f"promote to {self._key[1]}"
        return self.crumbs(width, ink("   ".join(words), "muted"), self._key[0], what)

    def proposes(self) -> Commit | None:
        """Return the commit that would be deployed."""
        return self._kept.draft.commit if self._kept and self._kept.draft else None

    @property
    def one_of_many(self) -> bool:
        """Whether this is one of several promotions."""
        return bool(self._queue) or self._at > 1

    def _step_line(self, width: int) -> list[Content]:
        keys = [self.promoter.key_of(name) for name in _STEPS]
        return steps.steps(self._review(), width, self._step, keys, marks=self.promoter.marks)

    def _brief(self, width: int) -> list[Content]:
        now = self._review()
        command = [] if self.confirmation.is_roomy else [BLANK, *confirm.runs(now, width)]
        match self._step:
            case 1:
                return sections.commits(now, width)
            case 2:
                return sections.changes(now, width)
            case 3:
                return [*sections.gates(now, width), BLANK, *way_back.way_back(now, width)]
            case 4:
                return [*sections.approvals(now, width), BLANK, *way_back.way_back(now, width)]
            case _ if self._back:
                return [*rollback.table(now, self._past(), width), *command]
            case _:
                keys = [self.promoter.key_of(name) for name in _STEPS]
                return [*compact.table(now, width, keys), *command]

    def _past(self) -> RollbackHistory:
        draft = self._kept.draft if self._kept else None
        if draft is None:
            return RollbackHistory()
        return rollback_history(self._runs, draft.deployed.sha if draft.deployed else None, draft.commit.sha)

    def _spin(self) -> None:
        if not self.is_active or self._kept is None:
            return
        self.query_one("#top", LinesView).redraw()
        self.confirmation.look()
        if self._kept.doing or self._starting:
            self._frame += 1 if self.app.animation_level != "none" else 0
            for drawn in self.query("#steps, #brief, #changes, #gates").results(LinesView):
                drawn.redraw()
            self.confirmation.spin()
        elif self._review().expired and not self.query_one("#deploy").disabled:
            self._redraw()

    def _redraw(self) -> None:
        for drawn in self.query("#top, #steps, #evidence LinesView").results(LinesView):
            drawn.redraw()
        self._settled.look(stands=self._review().stands)
        for frame in self.query(ConfirmFrame):
            frame.redraw()
        self.refresh_bindings()

    def _ask_by_itself(self) -> None:
        """Follow what others decide and what time opens: the draft alone is read, nothing is packaged for it."""
        kept = self._kept
        if kept is not None and self.is_active and kept.draft is not None and not (kept.error or self._starting):
            self.promoter.drafts.ask(kept, same=True)

    def about(self) -> CellKey:
        """Return the cell that is promoted into."""
        return self._key

    def copies(self) -> Sequence[Thing]:
        """Return the command, the hash, what the promotion is in a few lines, and its release notes."""
        from promote_tui.tui.actions.clipboard import notes_of_draft  # noqa: PLC0415 - not before it is wanted

        now = self._review()
        if now.draft is None:
            return []
        command = [("command", shlex.join(now.plan.command))] if now.plan else []
        found = [*command, ("hash", now.draft.commit.sha), ("summary", summary(now))]
        return [*found, *notes_of_draft(self.promoter, now.draft)]

    def opens(self) -> list[tuple[str, str]]:
        """Return the console's page of the stack, and the pages of the commit and the comparison where there are."""
        draft, repo = self._review().draft, self.promoter.pipeline.service(self._key[0]).repo
        if draft is None:
            return []
        stack = stack_of(draft.cell)
        pages = {
            "stack": console_url(self.target.aws.region, stack.id) if stack else None,
            "commit": commit_url(repo, draft.commit.sha),
            "comparison": compare_url(repo, draft.deployed.sha, draft.commit.sha) if draft.deployed else None,
        }
        return [(what, url) for what, url in pages.items() if url]

    def offers(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer to skip only where there is something to go on to, to override only where that may be done."""
        if action == "step_of":
            return parameters[0] in {step.deed for step in self._review().steps}
        if action == "override":
            return bool(self._review().overridable) and not self._back
        return action != "skip" or self.one_of_many

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Return why an action cannot be done in this state."""
        if self._starting and action in {"back", "skip", "again", "diff", "deploy_at_once"}:
            return _HANDING
        decides = action == "override" or (action == "step_of" and parameters[0] in {"tick", "checks", "lift"})
        if decides and self.promoter.read_only:
            return "promote-tui was started with --read-only"
        if action == "deploy_at_once":
            return self._why_not_deploy()
        return self._why_no_diff() if action == "diff" else ""

    def _why_not_deploy(self) -> str:  # noqa: PLR0911 - one line a reason
        now, stage = self._review(), self._key[1]
        if now.needs and now.ready:
            names = " ".join(need.logical_id for need in now.needs)
            return f"what is replaced or removed holds data: type {names}, then tab to Deploy"
        if now.confirm != "none":
            how = "tab to the field and type" if now.confirm == "type" else "tab to Deploy, then enter"
            return f"{stage} requires more than one key: {how}"
        if now.error is not None:
            return now.error.cause
        if now.closed:
            return f"{now.closed[0].name}: {now.closed[0].reason}"
        if now.plan is None:
            return "the package is not made yet"
        if now.read_only:
            return "started with --read-only"
        if now.expired:
            return "the plan is older than an hour"
        return "" if self.frame_visible else "make the window larger: the target must be in sight"

    def _why_no_diff(self) -> str:
        draft = self._review().draft
        if draft is None:
            return "the draft is not read yet"
        if draft.deployed is None and commit_of(draft.cell):
            return f"what runs in {self._key[1]} is not in this clone"
        if draft.deployed is not None and draft.deployed.sha == draft.commit.sha:
            return f"{self._key[1]} runs that commit already"
        return ""

    def action_next(self) -> None:
        """Go on to the next field or button; from a field that is right straight to Deploy."""
        if not self.confirmation.go_on():
            self.focus_next()

    def action_step(self, number: int) -> None:
        """Go to a step: into sight where all of them are shown, else in full in the place of the table."""
        self._step = number
        if number == steps.CONFIRM:
            self.confirmation.focus_safe()
        left, part = self.query_one("#left", VerticalScroll), self._part(number)
        self._redraw()
        if self.has_class("-two") and part is not None and isinstance(part.parent, VerticalScroll):
            part.parent.scroll_to_widget(part, top=True, animate=False)
        else:
            left.scroll_home(animate=False)

    def _part(self, number: int) -> Widget | None:
        names = {1: "#commits", 2: "#changes", 3: "#gates", 4: "#approvals"}
        return self.query_one(names[number]) if number in names else None

    def action_scroll(self, lines: int) -> None:
        """Scroll the evidence: the side of the step that was jumped to, else both."""
        sides = {1: "#left", 2: "#left", 3: "#right", 4: "#right"} if self.has_class("-two") else {}
        for area in self.query(sides.get(self._step, "#left, #right")).results(VerticalScroll):
            area.scroll_relative(y=lines, animate=False)

    def action_diff(self) -> None:
        """Show the difference between what runs there and what would come."""
        from promote_tui.tui.screens.diff import DiffScreen  # noqa: PLC0415 - not before it is opened

        draft = self._review().draft
        if draft is not None:
            base = draft.deployed.sha if draft.deployed else None
            self.app.push_screen(
                DiffScreen(self._key[0], base, draft.commit.sha, f"{self._key[1]} to {draft.commit.short}")
            )

    def action_deploy_at_once(self) -> None:
        """Deploy to a stage that asks for one key."""
        model = self._review()
        if model.confirm == "none" and not model.needs:
            self._deploy()

    def next_keys(self) -> list[str]:
        """Return the actions that are the next step here."""
        now = self._review()
        found = [ACTIONS["promote"][step.deed] for step in now.steps if step.deed in ACTIONS["promote"]]
        return [*found, *(["promote.override"] if now.overridable and not self._back else [])]

    def action_step_of(self, deed: str) -> None:
        """Do what is the next step about what is in the way."""
        from promote_tui.tui.actions.next_steps import take  # noqa: PLC0415 - not before it is wanted

        step = next((step for step in self._review().steps if step.deed == deed), None)
        if step is not None:
            take(self.promoter, step, self._key, self.proposes())

    def action_override(self) -> None:
        """Ask for a reason to go on although a gate is closed."""
        from promote_tui.tui.actions.decisions import override  # noqa: PLC0415 - not before it is wanted

        if self._kept is not None:
            override(self.promoter, self._kept, self._review().overridable)

    def on_confirm_frame_named(self) -> None:
        """Show the gates as they stand with what is typed."""
        self._redraw()

    def on_confirm_frame_deploy(self) -> None:
        """Deploy."""
        self._deploy()

    def on_confirm_frame_cancel(self) -> None:
        """Go back."""
        self._leave()

    def _deploy(self) -> None:
        kept, frame = self._kept, self.confirmation
        if kept is None or kept.plan is None or not frame.allowed:
            return
        planned, stage = kept.plan.draft, self.promoter.pipeline.stage(self._key[1])
        if planned.target != self.target or planned.confirm != stage.confirm:
            self._refused(PlanStale(str(self.target), f"the plan is for {planned.target}", "plan again"))
            return
        engine = self.engine
        try:
            given = self._review().given
            answer = Confirmation(
                yes=True, typed=frame.fields.phrase or None, reason=frame.fields.reason, allowances=given
            )
            approved = approve(kept.plan, answer, self.now)
        except Refused as error:
            self._refused(error)
            return
        self._starting = kept.handed = True
        self._redraw()

        app = self.promoter

        def started(run: str) -> None:
            app.run_started(run)
            self.started(run)

        # the app hears of it even where this screen is gone: the run goes on
        app.background.run(
            app, lambda: engine.runs.start(approved), started, lambda error: self.call_later(self._refused, error)
        )

    def _refused(self, error: PromoteError) -> None:
        self._starting = False
        if self._kept is not None:
            self._kept.handed, self._kept.error = False, error
        self._redraw()
        self.confirmation.focus_safe()

    def started(self, run: str) -> None:
        """Go on: the run is in the ledger. Under a dialog, once that one is gone."""
        if self._kept is not None:
            self.promoter.drafts.started(self._kept)
        self._run = run
        if self.is_active:
            self._go_on(run)

    def _go_on(self, run: str) -> None:
        if self.one_of_many:
            self._next()
            return
        from promote_tui.tui.screens.run import RunScreen  # noqa: PLC0415 - not before it is opened

        self._gone = True
        self.app.switch_screen(RunScreen(run))

    def _next(self) -> None:
        self._gone = True
        if self._queue:
            (service, stage), *rest = self._queue
            nxt = PromoteScreen(service, stage, revision=None, draft=None, queue=tuple(rest), at=self._at + 1)
            self.app.switch_screen(nxt)
        else:
            self.app.pop_screen()
            self.app.switch_mode("runs")

    def action_again(self) -> None:
        """Ask the gates again where one of them is all that is wrong; else read and package everything again."""
        kept, now = self._kept, self._review()
        if kept is None or self._starting:
            return
        if kept.draft is not None and not now.error and not now.expired and self._closed_early():
            self.promoter.drafts.ask(kept)
            return
        self.confirmation.reset()
        self.promoter.drafts.again(kept)

    def _closed_early(self) -> bool:
        """Tell whether the draft alone closes the promotion: it is read at once, a package is not made at once."""
        draft = self._review().draft
        return draft is not None and any(not gate.passed for gate in draft.gates)

    def action_skip(self) -> None:
        """Go on to the next of the batch without deploying."""
        if self._kept is not None and not self._starting:
            self.promoter.drafts.leave(self._kept)
            self._next()

    def takes(self, event: Key, *, late: bool = False) -> bool:
        """Take every letter while the confirmation is on its way; then the one that begins the words to type."""
        typing = isinstance(self.focused, Input) and not late
        if typing:
            return False
        if not self._settled.over:
            return self._held(event, ahead=late or not self._there)
        wanted = self.confirmation.fields.wants(event.character)
        if wanted:
            self.confirmation.fields.begin(event.character or "")
        return wanted

    def _held(self, event: Key, *, ahead: bool) -> bool:
        """Keep a letter from being a key, and the enter behind it; digits that are not typed ahead are steps."""
        letter = event.character if event.is_printable else None
        if letter is None:
            return event.key == "enter" and self._typing.waits
        if not (ahead or self._typing.waits) and (letter.isdigit() or letter == "?"):
            return False
        self._typing.begin()
        self._settled.disturb()
        if self._there:
            self._hold(letter)
        else:
            self._ahead += letter
        return True

    def _hold(self, letters: str) -> None:
        for frame in self.query(ConfirmFrame):
            frame.type_ahead(letters)

    def action_back(self) -> None:
        """Go back to all steps, then to where the review was opened; never while a run is handed over."""
        if self._step != steps.CONFIRM and not self.has_class("-two"):
            self.action_step(steps.CONFIRM)
        else:
            self._leave()

    def _leave(self) -> None:
        if self._starting or self._gone:
            return
        self._gone = True
        if self._kept is not None:
            self.promoter.drafts.leave(self._kept)
        if self.one_of_many:
            self.promoter.marked |= {self._key, *self._queue}
            count = plural(1 + len(self._queue), "cell")
            self.promoter.say(f"{count} not promoted and still marked")
        self.app.pop_screen()
