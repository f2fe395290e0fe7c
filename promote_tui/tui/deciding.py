"""What `u`, `a` and `x` do: the way back, and people's decisions about a service, a stage and a commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from promote_tui.core.errors import PromoteError
from promote_tui.core.text import short
from promote_tui.engine.deciding import Wanted
from promote_tui.tui import messages
from promote_tui.tui.presentation.ink import ink

if TYPE_CHECKING:
    from textual.message import Message

    from promote_tui.core.model import CellKey, Commit
    from promote_tui.tui.app import PromoteApp

_SPANS = (("for 4 hours", timedelta(hours=4)), ("for a day", timedelta(days=1)), ("for a week", timedelta(weeks=1)))
"""How long a hold may last that ends by itself; the command line takes any time."""
_STOPPING = 9.0
"""Seconds that quitting waits at most for a check that is stopped: it has three after INT, three after TERM."""
NO_CELL = "there is no service and stage here to decide about"
NO_COMMIT = "which commit it would be about is not known yet"


class _Left(PromoteError):  # noqa: N818 - it is an answer, not an error
    """The program is left; ends the checks."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision that can be made here, in words; `needed` says that it wants a reason.

    `act` is what is done about it, where that is not the decision itself.
    """

    words: str
    wanted: Wanted
    needed: bool = True
    act: Literal["decide", "check", "ask", "adopt"] = "decide"


def roll_back(app: PromoteApp, key: CellKey | None) -> None:
    """Open the review of the way back."""
    if key is None:
        app.say(NO_CELL, failed=True)
        return
    from promote_tui.tui.screens.promote import PromoteScreen  # noqa: PLC0415 - not before it is opened

    app.push_screen(PromoteScreen(*key, revision=None, draft=None, back=True))


def approve(app: PromoteApp, key: CellKey | None, commit: Commit | None) -> None:
    """Ask for a reason, then approve what would be promoted."""
    if key is None or commit is None:
        app.say(NO_CELL if key is None else NO_COMMIT, failed=True)
        return
    _ask(app, _approving(key, commit))


def _approving(key: CellKey, commit: Commit) -> Choice:
    words = f"approve {commit.short} for {key[1]}: {commit.subject}"
    return Choice(words, Wanted("approve", *key, commit.sha), needed=False)


def choices(app: PromoteApp, key: CellKey, commit: Commit | None) -> list[Choice]:
    """Return what can be decided about a cell, and about the commit that would go there."""
    service, stage = key
    found: list[Choice] = []
    if commit is not None:
        found.append(_approving(key, commit))
        if app.pipeline.stage(stage).rules.approvals is not None:
            wish = Wanted("approve", service, stage, commit.sha)
            found.append(Choice(f"ask others to approve {commit.short}", wish, needed=False, act="ask"))
        withdrawn = Wanted("withdraw", service, stage, commit.sha)
        found.append(Choice(f"take your approval of {commit.short} back", withdrawn, needed=False))
        for item in app.pipeline.stage(stage).rules.checklist:
            ticked = Wanted("check", service, stage, commit.sha, item=item)
            found.append(Choice(f"tick for {commit.short}: {item}", ticked, needed=False))
        if app.pipeline.stage(stage).rules.checks:
            words = f"run the checks of {stage} on {commit.short}"
            found.append(Choice(words, Wanted("tested", service, stage, commit.sha), needed=False, act="check"))
    view = app.board.views.get(key)
    if view is not None and view.foreign:
        words = f"adopt what somebody else put on {stage}: let it count as verified"
        found.append(Choice(words, Wanted("tested", service, stage), act="adopt"))
    found.append(Choice(f"hold {service} in {stage}", Wanted("hold", service, stage)))
    found.append(Choice(f"lift the hold on {service} in {stage}", Wanted("unhold", service, stage)))
    for words, length in _SPANS:
        ends = app.now() + length
        found.append(Choice(f"hold {service} in {stage} {words}", Wanted("hold", service, stage, expires_at=ends)))
    if commit is not None:
        vetoed = Wanted("veto", service, None, commit.sha)
        found.append(Choice(f"veto {commit.short} for ever: {commit.subject}", vetoed))
    return found


def decide(app: PromoteApp, key: CellKey | None, commit: Commit | None) -> None:
    """Let a person choose what to decide."""
    if key is None:
        app.say(NO_CELL, failed=True)
        return
    from promote_tui.tui.dialogs.choose import Choose  # noqa: PLC0415 - the same

    items = choices(app, key, commit)
    dialog: Choose[Choice] = Choose("Decide", items, lambda item, _width: ink(f" {item.words}"), marks=app.marks)
    app.push_screen(dialog, lambda choice: _ask(app, choice) if choice else None)


def _ask(app: PromoteApp, choice: Choice) -> None:
    if choice.act == "check":
        _check(app, choice.wanted)
        return
    from promote_tui.tui.dialogs.reason import Reason  # noqa: PLC0415 - the same

    words = (f"{choice.words[:1].upper()}{choice.words[1:]}",)
    button = choice.wanted.kind.capitalize() if choice.act == "decide" else choice.act.capitalize()
    dialog = Reason("Decide", words, needed=choice.needed, button=button)
    app.push_screen(dialog, lambda reason: None if reason is None else _make(app, choice, reason))


def _check(app: PromoteApp, wanted: Wanted) -> None:
    """Run the checks in the background; how they end is told when they have. Who leaves the program stops them."""
    engine, about = app.the_engine, (wanted.service, wanted.stage or "", wanted.revision or "")
    app.say(f"running the checks of {wanted.stage} on {short(wanted.revision or '')}")

    def poll() -> None:
        if app.leaving.is_set():
            raise _Left("/".join(about[:2]), "its checks were stopped")

    def work() -> Message | None:
        try:
            return messages.Checked(engine.run_checks(*about, lambda _step: poll(), on_poll=poll))
        except _Left:
            return None

    app.background(work, tidies=_STOPPING)


def checked(app: PromoteApp, message: messages.Checked) -> None:
    """Say how the checks ended, with where a failed one's output is, and ask the gates again."""
    failed = [end for end in message.ends if not end.decision.passed]
    for end in failed:
        app.say(f"{end.decision.reason}; its output: {end.log}", failed=True)
    if not failed:
        app.say(f"passed: {', '.join(end.decision.item for end in message.ends)}")
    app.drafts.ask_again(message.ends[0].decision.service)


def _ask_others(app: PromoteApp, wanted: Wanted) -> None:
    engine = app.the_engine

    def work() -> Message:
        return messages.Asked(*engine.ask(wanted.service, wanted.stage or "", wanted.revision or "", wanted.reason))

    app.background(work)


def asked(app: PromoteApp, message: messages.Asked) -> None:
    """Say that others were asked, and who was not told."""
    for channel, why in message.failed:
        app.say(f"{channel} was not told: {why}", failed=True)
    app.say(f"asked for approval of {short(message.commit)}")


def _make(app: PromoteApp, choice: Choice, reason: str) -> None:
    if choice.act == "adopt":
        engine, (service, stage) = app.the_engine, (choice.wanted.service, choice.wanted.stage or "")
        app.background(lambda: messages.Adopted(engine.adopt(service, stage, reason)))
        return
    if choice.act == "ask":
        _ask_others(app, replace(choice.wanted, reason=reason))
        return
    engine, wanted = app.the_engine, replace(choice.wanted, reason=reason)
    app.background(lambda: messages.Decided(engine.decide(wanted)))


def adopted(app: PromoteApp, message: messages.Adopted) -> None:
    """Say what counts as verified now, and read the matrix again."""
    run = message.run
    app.say(f"adopted {short(run.to_commit)} in {run.stage}, as {run.planned.who}")
    app.drafts.ask_again(run.service)
    app.refresh_board()


def made(app: PromoteApp, message: messages.Decided) -> None:
    """Say what was decided, and ask the gates again."""
    found = message.decision
    about = short(found.commit) if found.commit else f"{found.service} in {found.stage}"
    words = {
        "approve": f"approved {about} for {found.stage}",
        "withdraw": f"took the approval of {about} back",
        "check": f"ticked for {about}: {found.item}",
        "hold": f"held {about}" + (f" until {found.expires_at:%Y-%m-%d %H:%M} UTC" if found.expires_at else ""),
        "unhold": f"lifted the hold on {about}",
        "veto": f"vetoed {about}",
    }
    app.say(f"{words.get(found.kind, found.kind)}, as {found.who}")
    app.drafts.ask_again(found.service)
    app.refresh_board()
