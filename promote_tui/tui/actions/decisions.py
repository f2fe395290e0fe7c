"""What `u`, `a` and `x` do: the way back, and people's decisions about a service, a stage and a commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from promote_tui.core.errors import NotProved, PromoteError
from promote_tui.core.gates.approvals import approval_words
from promote_tui.core.gates.choices import PossibleDecision
from promote_tui.core.gates.options import make_override as given
from promote_tui.core.model.pipeline import Unreported
from promote_tui.core.text import short
from promote_tui.engine.decisions import Wanted
from promote_tui.tui.actions import navigation
from promote_tui.tui.dialogs.confirm import Ask
from promote_tui.tui.dialogs.decisions import Decide
from promote_tui.tui.dialogs.reason import Deed, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.gates.approvals import ApprovalEffect
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.pipeline import CellKey, Commit
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.checks import CheckEnd
    from promote_tui.tui.app import PromoteApp
    from promote_tui.tui.state.stored_draft import StoredDraft

_SPANS = (
    ("", None),
    (" for 4 hours", timedelta(hours=4)),
    (" for a day", timedelta(days=1)),
    (" for a week", timedelta(weeks=1)),
)
"""How long a hold may last: until it is lifted, or until then; the command line takes any time."""
_STOPPING = 9.0
"""Seconds that quitting waits at most for a check that is stopped: it has three after INT, three after TERM."""
NO_CELL = "there is no service and stage here to decide on"
NO_COMMIT = "the commit is still unknown"


class _Left(PromoteError):  # noqa: N818 - it is an answer, not an error
    """The program is left; ends the checks."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that can be made here, in words; `needed` says that it wants a reason.

    `act` is what is done about it, where that is not the decision itself.
    """

    words: str
    wanted: Wanted
    deed: Deed
    needed: bool = True
    act: Literal["decide", "check", "ask", "adopt"] = "decide"


def roll_back(app: PromoteApp, key: CellKey | None) -> None:
    """Open the review of the way back."""
    if key is None:
        app.say(NO_CELL, failed=True)
        return
    app.push_screen(navigation.review_screen(key, is_rollback=True))


def approve(app: PromoteApp, key: CellKey | None, commit: Commit | None) -> None:
    """Ask for a reason, then approve what would be promoted."""
    choose(app, PossibleDecision("approve"), key, commit)


def choose(app: PromoteApp, what: PossibleDecision, key: CellKey | None, commit: Commit | None) -> None:
    """Ask about one decision, of all that could be made here."""
    if key is None or (commit is None and what.act not in {"hold", "lift", "adopt"}):
        app.say(NO_CELL if key is None else NO_COMMIT, failed=True)
        return
    _ask(app, _choices(app, what, key, commit)[0])


def choose_of(app: PromoteApp, found: Sequence[PossibleDecision], key: CellKey, commit: Commit | None) -> None:
    """Ask which of these decisions is meant, where there are several, and then about that one."""
    if len(found) == 1:
        choose(app, found[0], key, commit)
        return
    rows = [choice for what in found for choice in _choices(app, what, key, commit)]
    dialog: Decide[Choice] = Decide("Decide", lambda choice: choice.words, marks=app.marks)
    app.push_screen(dialog, lambda choice: _ask(app, choice) if choice else None)
    app.call_later(dialog.show, rows)


def _choices(app: PromoteApp, what: PossibleDecision, key: CellKey, commit: Commit | None) -> list[Choice]:
    """Return how a decision can be made about a cell, and about the commit that would go there."""
    if what.act == "hold":
        return _holds(app, *key)
    view = app.board.views.get(key)
    if what.act == "adopt" and commit is not None and view is not None and isinstance(view.cell, Unreported):
        return [_adopting(key, commit)]
    if what.act in {"lift", "adopt"} or commit is None:
        return [_about_stage(what, *key)]
    counts = app.pipeline.stage(key[1]).rules.approvals is not None
    return [_about_commit(what, *key, commit, "" if counts else " (counts only for a hotfix)")]


def _about_commit(what: PossibleDecision, service: str, stage: str, commit: Commit, approval: str = "") -> Choice:
    """Return the choice; `approval` says what an approval would be worth, where that is not obvious."""
    name, told = commit.short, f"{commit.short} for {stage}{approval}: {commit.subject}"
    about = Wanted("approve", service, stage, commit.sha, item=what.item)
    tick, back, test = (replace(about, kind=kind) for kind in ("check", "withdraw", "tested"))
    found = {
        "approve": Choice(f"approve {told}", about, Deed("Approve", "approves")),
        "ask": Choice(f"ask others to approve {name}", about, Deed("Ask", "asks"), needed=False, act="ask"),
        "withdraw": Choice(f"withdraw your approval of {name}", back, _WITHDRAW, needed=False),
        "tick": Choice(f"tick for {name}: {what.item}", tick, Deed("Tick", "ticks it"), needed=False),
        "untick": Choice(f"withdraw the tick for {name}: {what.item}", back, _WITHDRAW, needed=False),
        "checks": Choice(f"run the checks of {stage} on {name}", test, Deed("Run checks", "runs them"), act="check"),
    }
    vetoed = Wanted("veto", service, None, commit.sha)
    return found.get(what.act) or Choice(
        f"veto {name} permanently: {commit.subject}", vetoed, Deed("Veto", "vetoes it")
    )


_WITHDRAW = Deed("Withdraw", "withdraws it")


def _about_stage(what: PossibleDecision, service: str, stage: str) -> Choice:
    if what.act == "adopt":
        words = f"adopt what runs in {stage}: let it count as verified"
        return Choice(words, Wanted("tested", service, stage), Deed("Adopt", "adopts it"), act="adopt")
    words = f"lift the hold on {service} in {stage}"
    return Choice(words, Wanted("unhold", service, stage), Deed("Lift hold", "lifts the hold"))


def _holds(app: PromoteApp, service: str, stage: str) -> list[Choice]:
    found, now = [], app.now()
    for words, length in _SPANS:
        wanted = Wanted("hold", service, stage, expires_at=now + length if length else None)
        found.append(Choice(f"hold {service} in {stage}{words}", wanted, Deed("Hold", "holds it")))
    return found


def _adopting(key: CellKey, commit: Commit) -> Choice:
    """Say what runs on a stack that names no commit: its package may prove it, so that a reason may be left out."""
    words = f"check whether {commit.short} is what runs in {key[1]}, and adopt it"
    about = Wanted("tested", *key, commit.sha)
    return Choice(words, about, Deed("Adopt", "checks it"), needed=False, act="adopt")


def decide(app: PromoteApp, key: CellKey | None, commit: Commit | None) -> None:
    """Let a person choose what to decide, of what can be decided now; the ledger is read for that."""
    if key is None:
        app.say(NO_CELL, failed=True)
        return
    engine, view = app.the_engine, app.board.views.get(key)
    dialog: Decide[Choice] = Decide("Decide", lambda choice: choice.words, marks=app.marks)
    app.push_screen(dialog, lambda choice: _ask(app, choice) if choice else None)

    foreign = view is not None and _adoptable(view, commit)

    def show(found: Sequence[PossibleDecision]) -> None:
        dialog.show([choice for what in found for choice in _choices(app, what, key, commit)])

    def failed(error: PromoteError) -> None:
        dialog.dismiss(None)
        app.say_trouble(error)

    app.background.run(
        app,
        lambda: engine.decisions.choices(*key, commit.sha if commit else None, foreign=foreign),
        lambda found: show(found) if dialog.is_current else None,
        lambda error: failed(error) if dialog.is_current else None,
    )


def _adoptable(view: CellView, commit: Commit | None) -> bool:
    """Tell whether what runs there may be adopted: of a stack that names no commit, as the one that is proposed."""
    if isinstance(view.cell, Unreported):
        return commit is not None
    return bool(view.foreign) or view.unproved


def override(app: PromoteApp, stored: StoredDraft, gates: Sequence[GateResult]) -> None:
    """Ask which closed gate is overridden, where there are several, and why."""
    if len(gates) == 1:
        _override(app, stored, gates[0])
        return
    dialog: Decide[GateResult] = Decide("Override", lambda gate: f"{gate.name}: {gate.reason}", marks=app.marks)
    app.push_screen(dialog, lambda gate: _override(app, stored, gate) if gate else None)
    app.call_later(dialog.show, gates)


def _override(app: PromoteApp, stored: StoredDraft, gate: GateResult) -> None:
    from promote_tui.tui.dialogs.reason import Reason  # noqa: PLC0415 - not before it is opened

    where = "/".join(stored.key)
    words = (f"Override {gate.name} for {where}: {gate.reason}", "The reason stays with the run.")
    asked = Reason("Override", words, needed=True, deed=Deed("Override", "overrides it"))

    def make(reason: str | None) -> None:
        if reason:
            app.drafts.override(stored, given(gate, reason))

    app.push_screen(asked, make)


def _ask(app: PromoteApp, choice: Choice) -> None:
    from promote_tui.tui.dialogs.reason import Reason  # noqa: PLC0415 - the same

    words = f"{choice.words[:1].upper()}{choice.words[1:]}"
    if choice.act == "check":
        told = (f"{words}?", "The commit's code runs on this machine, as you.")
        dialog = Ask[bool]("Decide", told, (("Cancel", False), (choice.deed.button, True)))
        app.push_screen(dialog, lambda yes: _check(app, choice.wanted) if yes else None)
        return
    optional = "Required where it is not proved." if choice.act == "adopt" else "Optional."
    asked = Reason("Decide", (words,), needed=choice.needed, deed=choice.deed, optional=optional)
    app.push_screen(asked, lambda reason: None if reason is None else _make(app, choice, reason))


def _check(app: PromoteApp, wanted: Wanted) -> None:
    """Run the checks in the background; how they end is told when they have. Who leaves the program stops them."""
    engine, about = app.the_engine, (wanted.service, wanted.stage or "", wanted.revision or "")
    app.say(f"running the checks of {wanted.stage} on {short(wanted.revision or '')}")

    def poll() -> None:
        if app.background.leaving.is_set():
            raise _Left("/".join(about[:2]), "its checks were stopped")

    def work() -> Sequence[CheckEnd]:
        try:
            return engine.decisions.run_checks(*about, lambda _step: poll(), on_poll=poll)
        except _Left:
            return ()

    app.background.run(app, work, lambda ends: _checked(app, ends) if ends else None, tidies=_STOPPING)


def _checked(app: PromoteApp, ends: Sequence[CheckEnd]) -> None:
    """Say how the checks ended, with where a failed one's output is, and ask the gates again."""
    failed = [end for end in ends if not end.decision.passed]
    for end in failed:
        app.say(f"{end.decision.reason}; its output: {end.log}", failed=True)
    if not failed:
        app.say(f"passed: {', '.join(end.decision.item for end in ends)}")
    app.drafts.refresh_service(ends[0].decision.service)


def _ask_others(app: PromoteApp, wanted: Wanted) -> None:
    """Ask others for their approval; say that they were asked, and who was not told."""
    engine, about = app.the_engine, (wanted.service, wanted.stage or "", wanted.revision or "")

    def asked(found: tuple[str, Sequence[tuple[str, str]]]) -> None:
        commit, failed = found
        for channel, why in failed:
            app.say(f"{channel} was not notified: {why}", failed=True)
        app.say(f"asked for approval of {short(commit)}")

    app.background.run(app, lambda: engine.decisions.ask_approval(*about, wanted.reason), asked)


def _make(app: PromoteApp, choice: Choice, reason: str) -> None:
    if choice.act == "adopt":
        _adopt(app, choice, reason)
        return
    if choice.act == "ask":
        _ask_others(app, replace(choice.wanted, reason=reason))
        return
    engine, wanted = app.the_engine, replace(choice.wanted, reason=reason)

    def work() -> tuple[Decision, ApprovalEffect | None]:
        found = engine.decisions.record(wanted)
        return found, engine.decisions.progress(found) if found.kind == "approve" else None

    app.background.run(app, work, lambda found: _made(app, *found))


def _adopt(app: PromoteApp, choice: Choice, reason: str) -> None:
    engine, wanted = app.the_engine, choice.wanted
    service, stage, sha = wanted.service, wanted.stage or "", wanted.revision
    if sha:
        app.say(f"packaging {short(sha)} to compare it with what runs in {stage}")
    app.background.run(
        app,
        lambda: engine.runs.adopt(service, stage, reason, sha),
        lambda run: _adopted(app, run),
        lambda error: _not_adopted(app, choice, error),
    )


def _not_adopted(app: PromoteApp, choice: Choice, error: PromoteError) -> None:
    """Say why it was not; where nothing was proved, beside the question for the reason that is needed then."""
    if not isinstance(error, NotProved):
        app.say_trouble(error)
        return
    words = (f"{error.subject}: {error.cause}", f"Adopt {short(choice.wanted.revision or '')} on your word?")
    asked = Reason("Not proved", words, needed=True, deed=Deed("Adopt", "adopts it"))
    app.push_screen(asked, lambda reason: _adopt(app, choice, reason) if reason else None)


def _adopted(app: PromoteApp, run: Run) -> None:
    """Say what counts as verified now, and read the matrix again."""
    proof = "".join(f": {gate.reason}" for gate in run.gates)
    app.say(f"adopted {short(run.to_commit)} in {run.stage}, as {run.planned.who}{proof}")
    app.drafts.refresh_service(run.service)
    app.refresh_board()


def _made(app: PromoteApp, found: Decision, counted: ApprovalEffect | None) -> None:
    """Say what was decided, with what an approval is worth, and ask the gates again."""
    if counted is not None:
        app.say(approval_words(found, counted), failed=not counted.counts)
    else:
        app.say(f"{_said(found)}, as {found.who}")
    app.drafts.refresh_service(found.service)
    app.refresh_board()


def _said(found: Decision) -> str:
    about = short(found.commit) if found.commit else f"{found.service} in {found.stage}"
    back = f"tick of {found.item}" if found.item else "approval"
    words = {
        "withdraw": f"withdrew the {back} for {about}",
        "check": f"ticked for {about}: {found.item}",
        "hold": f"put {about} on hold" + (f" until {found.expires_at:%Y-%m-%d %H:%M} UTC" if found.expires_at else ""),
        "unhold": f"lifted the hold on {about}",
        "veto": f"vetoed {about}",
    }
    return words.get(found.kind, found.kind)
