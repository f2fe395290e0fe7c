"""The decisions that can be made about a service, a stage and a commit, each in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from promote_tui.core.durations import utc_minute
from promote_tui.core.model.cells import Unreported
from promote_tui.core.text import short
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.tui.dialogs.reason import ReasonWords

if TYPE_CHECKING:
    from datetime import datetime

    from promote_tui.core.gates.decisions import Decision
    from promote_tui.core.gates.possible_decisions import PossibleDecision
    from promote_tui.core.matrix import CellView
    from promote_tui.core.model.cells import CellKey
    from promote_tui.core.model.pipeline import Commit

_SPANS = (
    ("", None),
    (" for 4 hours", timedelta(hours=4)),
    (" for a day", timedelta(days=1)),
    (" for a week", timedelta(weeks=1)),
)
"""How long a hold may last: until it is lifted, or until then; the command line takes any time."""


@dataclass(frozen=True, slots=True)
class DecisionChoice:
    """A decision that can be made here, in words; `needed` says that it wants a reason.

    `act` is what is done about it, where that is not the decision itself.
    """

    words: str
    wanted: DecisionRequest
    deed: ReasonWords
    needed: bool = True
    act: Literal["decide", "check", "ask", "adopt"] = "decide"


@dataclass(frozen=True, slots=True)
class Situation:
    """In what a decision about a cell is made: what the cell says, when, and whether its stage counts approvals."""

    view: CellView | None
    now: datetime
    counts_approvals: bool


def choices_of(what: PossibleDecision, key: CellKey, commit: Commit | None, at: Situation) -> list[DecisionChoice]:
    """Return how a decision can be made about a cell, and about the commit that would go there."""
    if what.act == "hold":
        return _holds(*key, at.now)
    if what.act == "adopt" and commit is not None and at.view is not None and isinstance(at.view.cell, Unreported):
        return [_adopting(key, commit)]
    if what.act in {"lift", "adopt"} or commit is None:
        return [_about_stage(what, *key)]
    return [_about_commit(what, *key, commit, "" if at.counts_approvals else " (counts only for a hotfix)")]


def _about_commit(
    what: PossibleDecision, service: str, stage: str, commit: Commit, approval: str = ""
) -> DecisionChoice:
    """Return the choice; `approval` says what an approval would be worth, where that is not obvious."""
    name, told = commit.short, f"{commit.short} for {stage}{approval}: {commit.subject}"
    about = DecisionRequest("approve", service, stage, commit.sha, item=what.item)
    tick, back, test = (replace(about, kind=kind) for kind in ("check", "withdraw", "tested"))
    found = {
        "approve": DecisionChoice(f"approve {told}", about, ReasonWords("Approve", "approves")),
        "ask": DecisionChoice(
            f"ask others to approve {name}", about, ReasonWords("Ask", "asks"), needed=False, act="ask"
        ),
        "withdraw": DecisionChoice(f"withdraw your approval of {name}", back, _WITHDRAW, needed=False),
        "tick": DecisionChoice(f"tick for {name}: {what.item}", tick, ReasonWords("Tick", "ticks it"), needed=False),
        "untick": DecisionChoice(f"withdraw the tick for {name}: {what.item}", back, _WITHDRAW, needed=False),
        "checks": DecisionChoice(
            f"run the checks of {stage} on {name}", test, ReasonWords("Run checks", "runs them"), act="check"
        ),
    }
    vetoed = DecisionRequest("veto", service, None, commit.sha)
    return found.get(what.act) or DecisionChoice(
        f"veto {name} permanently: {commit.subject}", vetoed, ReasonWords("Veto", "vetoes it")
    )


_WITHDRAW = ReasonWords("Withdraw", "withdraws it")


def _about_stage(what: PossibleDecision, service: str, stage: str) -> DecisionChoice:
    if what.act == "adopt":
        words = f"adopt what runs in {stage}: let it count as verified"
        return DecisionChoice(
            words, DecisionRequest("tested", service, stage), ReasonWords("Adopt", "adopts it"), act="adopt"
        )
    words = f"lift the hold on {service} in {stage}"
    return DecisionChoice(words, DecisionRequest("unhold", service, stage), ReasonWords("Lift hold", "lifts the hold"))


def _holds(service: str, stage: str, now: datetime) -> list[DecisionChoice]:
    found = []
    for words, length in _SPANS:
        wanted = DecisionRequest("hold", service, stage, expires_at=now + length if length else None)
        found.append(DecisionChoice(f"hold {service} in {stage}{words}", wanted, ReasonWords("Hold", "holds it")))
    return found


def _adopting(key: CellKey, commit: Commit) -> DecisionChoice:
    """Say what runs on a stack that names no commit: its package may prove it, so that a reason may be left out."""
    words = f"check whether {commit.short} is what runs in {key[1]}, and adopt it"
    about = DecisionRequest("tested", *key, commit.sha)
    return DecisionChoice(words, about, ReasonWords("Adopt", "checks it"), needed=False, act="adopt")


def is_adoptable(view: CellView, commit: Commit | None) -> bool:
    """Tell whether what runs there may be adopted: of a stack that names no commit, as the one that is proposed."""
    if isinstance(view.cell, Unreported):
        return commit is not None
    return bool(view.external_update) or view.unproved


def decision_words(found: Decision) -> str:
    """Return what was decided, as done."""
    about = short(found.commit) if found.commit else f"{found.service} in {found.stage}"
    back = f"tick of {found.item}" if found.item else "approval"
    words = {
        "withdraw": f"withdrew the {back} for {about}",
        "check": f"ticked for {about}: {found.item}",
        "hold": f"put {about} on hold" + (f" until {utc_minute(found.expires_at)}" if found.expires_at else ""),
        "unhold": f"lifted the hold on {about}",
        "veto": f"vetoed {about}",
    }
    return words.get(found.kind, found.kind)
