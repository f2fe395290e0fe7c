"""Next steps as the terminal UI takes them: a key, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.tui.presentation.style import ink, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.content import Content

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.next_steps import NextStep, StepKind

StepPlace: TypeAlias = Literal["promote", "pipeline", "run", "runs", "anywhere"]
_EVERYWHERE: dict[StepKind, str] = {"approve": "app.approve", "login": "app.login", "fetch": "app.fetch"}
ACTIONS: dict[StepPlace, dict[StepKind, str]] = {
    "promote": {
        **_EVERYWHERE,
        "tick": "promote.tick",
        "checks": "promote.checks",
        "lift": "promote.lift",
        "again": "promote.again",
        "promote": "promote.before",
        "choose": "promote.choose",
        "older": "promote.choose",
        "adopt": "promote.choose",
        "console": "app.open",
        "run": "promote.run",
    },
    "pipeline": {
        **_EVERYWHERE,
        "tick": "app.decide",
        "checks": "app.decide",
        "lift": "app.decide",
        "again": "pipeline.refresh",
        "choose": "matrix.open",
        "console": "app.open",
    },
    "run": {
        **_EVERYWHERE,
        "console": "app.open",
        "run": "app.runs",
        "reconcile": "run.reconcile",
        "adopt": "app.decide",
        "rollback": "app.rollback",
        "review": "run.promote",
    },
    "runs": {
        **_EVERYWHERE,
        "console": "app.open",
        "run": "runs.related",
        "reconcile": "runs.reconcile",
        "adopt": "app.decide",
        "rollback": "app.rollback",
        "review": "runs.promote",
    },
    "anywhere": {**_EVERYWHERE, "run": "app.runs", "reconcile": "app.runs"},
}
"""By which action a step is taken on a screen; what is not there is said in words alone."""
_SAID_BY_KEY = frozenset(
    {"approve", "tick", "checks", "lift", "login", "fetch", "promote", "older", "run", "reconcile", "adopt", "rollback"}
)
"""Steps that the key says all of: elsewhere they are commands."""


def key_words(step: NextStep, place: StepPlace, key_of: Callable[[str], str]) -> Content | None:
    """Return `t ticks QA signed off`; None where no key of the screen does it."""
    action = ACTIONS[place].get(step.kind)
    if action is None:
        return None
    key = key_of(action)
    if step.kind == "adopt" and action == "promote.choose":
        key = f"{key}, then {key_of('app.decide')} on a commit"  # the review's own commit is where to go back to
    return line(ink(key, "strong"), ink(f" {_does(step)}", "muted"))


def _does(step: NextStep) -> str:
    about = ", ".join(step.about)
    words: dict[StepKind, str] = {
        "approve": "approves, if somebody else promotes",
        "tick": f"ticks {about}" if len(step.about) == 1 else f"ticks the {len(step.about)} missing items",
        "checks": "runs the checks",
        "lift": "lifts the hold",
        "login": "logs in",
        "fetch": "fetches",
        "again": "checks again",
        "promote": f"promotes it to {about} first",
        "choose": f"chooses a commit that was verified in {about}" if about else "chooses another commit",
        "older": "chooses an older commit",
        "console": "opens the console",
        "run": f"opens run {about}",
        "reconcile": "reconciles the run",
        "adopt": f"adopts it as what runs in {about}" if about else "adopts it with a reason",
        "rollback": "rolls back",
        "review": "reviews it again",
    }
    return words[step.kind]


def _said(step: NextStep) -> bool:
    """Tell whether the key says all of a step; a choice among what was verified is a command elsewhere too."""
    return step.kind in _SAID_BY_KEY or (step.kind == "choose" and bool(step.about))


def error_words(error: PromoteError, key_of: Callable[[str], str], place: StepPlace = "anywhere") -> str:
    """Return an error in one line, with the key that is its next step in the place of a command."""
    step = error.step
    action = ACTIONS[place].get(step.kind) if step else None
    if step is None or action is None or not _said(step):
        return str(error)
    does = f"opens Runs, with {', '.join(step.about)}" if action == "app.runs" else _does(step)
    return f"{error.subject}: {error.cause}; {key_of(action)} {does}"


def gate_step_words(gate: GateResult, place: StepPlace, key_of: Callable[[str], str]) -> Content:
    """Return what to do about a closed gate: its key, in the place of a command, or behind words that are none."""
    key = key_words(gate.step, place, key_of) if gate.step else None
    return join_steps(gate.remedy, gate.step, [key] if key else [])


def error_step_words(error: PromoteError, place: StepPlace, key_of: Callable[[str], str]) -> Content:
    """Return the next step of an error: its key in the place of a command, or behind words that are none."""
    key = key_words(error.step, place, key_of) if error.step else None
    return join_steps(error.remedy, error.step, [key] if key else [])


def join_steps(remedy: str, step: NextStep | None, keys: Iterable[Content]) -> Content:
    """Return the words of a next step, where they are no command, and its keys."""
    found: Sequence[Content] = [*keys]
    said = step is not None and _said(step) and bool(found)
    parts = [*([ink(remedy, "muted")] if remedy and not said else []), *found]
    return line(*(part if at == 0 else line("   ", part) for at, part in enumerate(parts)))
