"""What `u`, `a` and `x` do: roll back, and record people's decisions about a service, a stage and a commit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from promote_tui.core.errors import NotProved, PromoteError
from promote_tui.core.gates.approvals import approval_words
from promote_tui.core.gates.options import make_override
from promote_tui.core.gates.possible_decisions import PossibleDecision
from promote_tui.core.text import short
from promote_tui.engine.checks import CheckWatch
from promote_tui.tui.action import NO_CELL
from promote_tui.tui.actions.announcing import announce, say_unnotified
from promote_tui.tui.actions.decision_choices import Situation, choices_of, decision_words, is_adoptable
from promote_tui.tui.actions.stage_holds import StageHold, StageHolds
from promote_tui.tui.dialogs.confirm import ConfirmDialog
from promote_tui.tui.dialogs.decisions import DecisionDialog
from promote_tui.tui.dialogs.reason import ReasonDialog, ReasonWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.gates.approvals import ApprovalEffect
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.checks import CheckEnd
    from promote_tui.engine.decisions import DecisionRequest
    from promote_tui.tui.action import FrontScreen
    from promote_tui.tui.actions.decision_choices import DecisionChoice
    from promote_tui.tui.host import Host
    from promote_tui.tui.state.stored_draft import StoredDraft

_STOPPING = 9.0
"""Seconds that quitting waits at most for a check that is stopped: it has three after INT, three after TERM."""
NO_COMMIT = "the commit is still unknown"


class DecisionActions:
    """Asks what is decided and why, has the engine record it, and says what came of it."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def decide(self, key: CellKey, commit: Commit | None) -> None:
        """Let a person choose what to decide, of what can be decided now; the ledger is read for that."""
        host, engine, view = self._host, self._host.the_engine, self._host.cells.views.get(key)
        dialog: DecisionDialog[DecisionChoice | StageHold] = DecisionDialog(
            "Decide", lambda choice: choice.words, marks=host.marks
        )
        host.push_screen(dialog, lambda choice: self._ask_of(choice) if choice else None)
        adoptable = view is not None and is_adoptable(view, commit)

        def show(found: Sequence[PossibleDecision]) -> None:
            if dialog.is_current:
                choices = [choice for what in found for choice in self._choices(what, key, commit)]
                dialog.show([*choices, *StageHolds(host).possible(key[1])])

        def failed(error: PromoteError) -> None:
            if dialog.is_current:
                dialog.dismiss(None)
                host.say_trouble(error)

        host.background.run(
            host,
            lambda: engine.decisions.choices(*key, commit.sha if commit else None, is_adoptable=adoptable),
            show,
            failed,
        )

    def _ask_of(self, choice: DecisionChoice | StageHold) -> None:
        if isinstance(choice, StageHold):
            StageHolds(self._host).ask(choice)
        else:
            self._ask(choice)

    def choose(self, what: PossibleDecision, key: CellKey, commit: Commit | None) -> None:
        """Ask about one decision, of all that could be made here."""
        if commit is None and what.act not in {"hold", "lift", "adopt"}:
            self._host.say(NO_COMMIT, failed=True)
            return
        self._ask(self._choices(what, key, commit)[0])

    def choose_of(self, found: Sequence[PossibleDecision], key: CellKey, commit: Commit | None) -> None:
        """Ask which of these decisions is meant, where there are several, and then about that one."""
        if len(found) == 1:
            self.choose(found[0], key, commit)
            return
        rows = [choice for what in found for choice in self._choices(what, key, commit)]
        dialog: DecisionDialog[DecisionChoice] = DecisionDialog(
            "Decide", lambda choice: choice.words, marks=self._host.marks
        )
        self._host.push_screen(dialog, lambda choice: self._ask(choice) if choice else None)
        self._host.call_later(dialog.show, rows)

    def override(self, stored: StoredDraft, gates: Sequence[GateResult]) -> None:
        """Ask which closed gate is overridden, where there are several, and why."""
        if len(gates) == 1:
            self._override(stored, gates[0])
            return
        dialog: DecisionDialog[GateResult] = DecisionDialog(
            "Override", lambda gate: f"{gate.name}: {gate.reason}", marks=self._host.marks
        )
        self._host.push_screen(dialog, lambda gate: self._override(stored, gate) if gate else None)
        self._host.call_later(dialog.show, gates)

    def _override(self, stored: StoredDraft, gate: GateResult) -> None:
        words = (f"Override {gate.name} for {'/'.join(stored.key)}: {gate.reason}", "The reason stays with the run.")
        asked = ReasonDialog("Override", words, needed=True, deed=ReasonWords("Override", "overrides it"))

        def make(reason: str | None) -> None:
            if reason:
                self._host.drafts.override(stored, make_override(gate, reason))

        self._host.push_screen(asked, make)

    def _choices(self, what: PossibleDecision, key: CellKey, commit: Commit | None) -> list[DecisionChoice]:
        host = self._host
        counts = host.pipeline.stage(key[1]).rules.approvals is not None
        return choices_of(what, key, commit, Situation(host.cells.views.get(key), host.now(), counts))

    def _ask(self, choice: DecisionChoice) -> None:
        words = f"{choice.words[:1].upper()}{choice.words[1:]}"
        if choice.act == "check":
            told = (f"{words}?", "The commit's code runs on this machine, as you.")
            dialog = ConfirmDialog[bool]("Decide", told, (("Cancel", False), (choice.deed.button, True)))
            self._host.push_screen(dialog, lambda yes: self._check(choice.wanted) if yes else None)
            return
        optional = "Required where it is not proved." if choice.act == "adopt" else "Optional."
        asked = ReasonDialog("Decide", (words,), needed=choice.needed, deed=choice.deed, optional=optional)
        self._host.push_screen(asked, lambda reason: None if reason is None else self._make(choice, reason))

    def _make(self, choice: DecisionChoice, reason: str) -> None:
        if choice.act == "adopt":
            self._adopt(choice, reason)
            return
        if choice.act == "ask":
            self._ask_others(replace(choice.wanted, reason=reason))
            return
        engine, wanted = self._host.the_engine, replace(choice.wanted, reason=reason)

        def work() -> tuple[Decision, ApprovalEffect | None]:
            found = engine.decisions.record(wanted)
            return found, engine.decisions.progress(found) if found.kind == "approve" else None

        self._host.background.run(self._host, work, lambda found: self._made(*found))

    def _made(self, found: Decision, counted: ApprovalEffect | None) -> None:
        """Say what was decided, with what an approval is worth, and ask the gates again."""
        if counted is not None:
            self._host.say(approval_words(found, counted), failed=not counted.counts)
        else:
            self._host.say(f"{decision_words(found)}, as {found.who}")
        announce(self._host, [found])
        self._host.drafts.refresh_service(found.service)
        self._host.refresh_cells()

    def _check(self, wanted: DecisionRequest) -> None:
        """Run the checks in the background; how they end is told when they have. Who leaves the program stops them."""
        host, engine = self._host, self._host.the_engine
        about = wanted.service, wanted.stage or "", wanted.revision or ""
        host.say(f"running the checks of {wanted.stage} on {short(wanted.revision or '')}")

        def poll() -> None:
            if host.background.leaving.is_set():
                raise PromoteError("/".join(about[:2]), "its checks were stopped")

        def work() -> Sequence[CheckEnd]:
            try:
                return engine.decisions.run_checks(*about, CheckWatch(lambda _step: poll(), on_poll=poll))
            except PromoteError:
                if host.background.leaving.is_set():
                    return ()
                raise

        host.background.run(host, work, lambda ends: self._checked(ends) if ends else None, tidies=_STOPPING)

    def _checked(self, ends: Sequence[CheckEnd]) -> None:
        """Say how the checks ended, with where a failed one's output is, and ask the gates again."""
        failed = [end for end in ends if not end.decision.passed]
        for end in failed:
            self._host.say(f"{end.decision.reason}; its output: {end.log}", failed=True)
        if not failed:
            self._host.say(f"passed: {', '.join(end.decision.item for end in ends)}")
        self._host.drafts.refresh_service(ends[0].decision.service)

    def _ask_others(self, wanted: DecisionRequest) -> None:
        """Ask others for their approval; say that they were asked, and who was not told."""
        host, engine = self._host, self._host.the_engine
        about = wanted.service, wanted.stage or "", wanted.revision or ""

        def asked(found: tuple[str, Sequence[tuple[str, str]]]) -> None:
            commit, failed = found
            say_unnotified(host, failed)
            host.say(f"asked for approval of {short(commit)}")

        host.background.run(host, lambda: engine.decisions.ask_approval(*about, wanted.reason), asked)

    def _adopt(self, choice: DecisionChoice, reason: str) -> None:
        host, engine, wanted = self._host, self._host.the_engine, choice.wanted
        service, stage, sha = wanted.service, wanted.stage or "", wanted.revision
        if sha:
            host.say(f"packaging {short(sha)} to compare it with what runs in {stage}")
        host.background.run(
            host,
            lambda: engine.runs.adopt(service, stage, reason, sha),
            self._adopted,
            lambda error: self._not_adopted(choice, error),
        )

    def _not_adopted(self, choice: DecisionChoice, error: PromoteError) -> None:
        """Say why it was not; where nothing was proved, beside the question for the reason that is needed then."""
        if not isinstance(error, NotProved):
            self._host.say_trouble(error)
            return
        words = (f"{error.subject}: {error.cause}", f"Adopt {short(choice.wanted.revision or '')} on your word?")
        asked = ReasonDialog("Not proved", words, needed=True, deed=ReasonWords("Adopt", "adopts it"))
        self._host.push_screen(asked, lambda reason: self._adopt(choice, reason) if reason else None)

    def _adopted(self, run: Run) -> None:
        """Say what counts as verified now, and read the matrix again."""
        proof = "".join(f": {gate.reason}" for gate in run.gates)
        self._host.say(f"adopted {short(run.to_commit)} in {run.stage}, as {run.planned.who}{proof}")
        self._host.drafts.refresh_service(run.service)
        self._host.refresh_cells()


class _ForCell:
    """An action about the service and the stage of the screen in front."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def why_not(self, view: FrontScreen | None) -> str:
        """Return that nothing may be decided, or that there is nothing to decide about."""
        if self._host.engine is None:
            return "not read yet"
        if self._host.read_only:
            return "promote-tui was started with --read-only"
        return "" if view is not None and view.current_cell() is not None else NO_CELL


class RollBack(_ForCell):
    """Opens the review of a rollback."""

    def run(self, view: FrontScreen | None) -> None:
        """Open it."""
        if view is not None:
            view.roll_back()


class Approve(_ForCell):
    """Approves what would be promoted."""

    def run(self, view: FrontScreen | None) -> None:
        """Ask for a reason, then approve."""
        key = view.current_cell() if view is not None else None
        if view is not None and key is not None:
            DecisionActions(self._host).choose(PossibleDecision("approve"), key, view.proposed_commit())


class DecideHere(_ForCell):
    """Lets a person choose a decision about what the screen is about."""

    def run(self, view: FrontScreen | None) -> None:
        """Ask which."""
        key = view.current_cell() if view is not None else None
        if view is not None and key is not None:
            DecisionActions(self._host).decide(key, view.proposed_commit())
