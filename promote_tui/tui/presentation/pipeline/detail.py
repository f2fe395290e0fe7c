"""What stands under the matrix: the cell under the cursor, in words; its first line is always the action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.gates.closed import closed_first, leading_first
from promote_tui.core.gates.decisions import decided
from promote_tui.core.keymap import DEFAULTS
from promote_tui.core.matrix import CellView
from promote_tui.core.model.commit_names import KEEP_OUTPUT
from promote_tui.core.model.pipeline import Halfway, Stage, Unreachable, Unreported
from promote_tui.core.package.artifact_diff import ALTERED_REMEDY, describe_altered
from promote_tui.core.text import advice, plural
from promote_tui.tui.presentation.glyphs import Glyphs
from promote_tui.tui.presentation.lines import (
    commit_line,
    from_to,
    gate_count,
    gate_line,
    head,
    outcome,
    pair,
    pair_of,
    took,
)
from promote_tui.tui.presentation.next_steps import joined, key_words, of_error, of_gate
from promote_tui.tui.presentation.pipeline.cells import State, drift_of, glyph_of, stack_of, state_of
from promote_tui.tui.presentation.style import BLANK, Role, ink, line, rule, spread, wrap
from promote_tui.tui.presentation.wording import age, asks, drift_words, exact, without_options

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.errors import PromoteError  # noqa: TC004 - nobody evaluates the annotations
    from promote_tui.core.planning.plan import Draft  # noqa: TC004 - the same
    from promote_tui.core.runs.run import Run  # noqa: TC004 - the same

_ROLES: dict[State, Role] = {
    State.BEHIND: "warn",
    State.AHEAD: "warn",
    State.DIVERGED: "bad",
    State.FAILED: "bad",
    State.HALFWAY: "bad",
    State.ALTERED: "bad",
    State.VETOED: "bad",
    State.HELD: "warn",
    State.RUNNING: "live",
    State.UNSETTLED: "warn",
    State.LOGIN: "warn",
    State.DENIED: "bad",
    State.UNREACHABLE: "warn",
    State.UNREPORTED: "warn",
    State.UNKNOWN: "warn",
}


def key_of(action: str) -> str:
    """Return the first default key of an action."""
    return DEFAULTS[action].split(",")[0]


NO_MATCH = "no service matches"
CLEAR = "esc clears the filter"


@dataclass(frozen=True, slots=True)
class Pane:
    """All that is known of the cell under the cursor; `draft` and `error` are None while they are looked for."""

    service: str
    stage: Stage
    view: CellView | None
    now: datetime
    glyphs: Glyphs
    draft: Draft | None = None
    error: PromoteError | None = None
    runs: Sequence[Run] = ()
    trouble: PromoteError | None = None
    """Why nothing can be read at all."""
    after: Sequence[tuple[str, CellView]] = ()
    """The stages that come after this one, with their cells."""
    key_of: Callable[[str], str] = key_of
    """Tells the key of an action, as it is written."""
    marked: int = 0
    """How many cells are marked: then they are what a promotion is about."""

    @property
    def state(self) -> State:
        """What the cell says."""
        return state_of(self.view)

    @property
    def last(self) -> Run | None:
        """The newest run here."""
        return self.runs[0] if self.runs else None


def no_match(width: int, glyphs: Glyphs, misread: str, *, reading: bool = False) -> Content:
    """Return the title where the filter leaves no cell to explain; while cells are read that may change.

    A filter that can fit nothing, because it is `misread`, says that instead.
    """
    if misread:
        return rule(ink(misread.partition(";")[0], "strong"), BLANK, width, glyphs.rule)
    right = ink("the stages are still being read", "warn") if reading else BLANK
    return rule(ink(f"{NO_MATCH} yet" if reading else NO_MATCH, "strong"), right, width, glyphs.rule)


def way_on(misread: str, width: int) -> list[Content]:
    """Return how to go on where the filter leaves nothing: what could be meant, and the key that clears it."""
    told = misread.partition("; ")[2]
    return [*(wrap(ink(told), width) if told else []), ink(CLEAR, "muted")]


def title(pane: Pane, width: int) -> Content:
    """Return `billing · staging ──── ▼ 3 commits behind dev`."""
    name = line(ink(pane.service, "strong"), ink(f" {pane.glyphs.dot} ", "faint"), ink(pane.stage.name, "strong"))
    said = "not read" if pane.view is None and pane.trouble else state_words(pane.view)
    words = ink(said, _ROLES.get(pane.state, "muted"), limit=max(8, width - 30))
    return rule(name, line(glyph_of(pane.state, pane.glyphs), " ", words), width, pane.glyphs.rule)


def state_words(view: CellView | None) -> str:
    """Return what a cell says in a phrase."""
    if view is None:
        return "reading"
    words = {
        State.LOGIN: "needs a log-in",
        State.DENIED: "no permission to read it",
        State.UNREACHABLE: "cannot be read",
        State.RUNNING: "deploying",
        State.UNSETTLED: "it is not known how its last run ended",
        State.FAILED: "the last attempt failed",
        State.ALTERED: "altered",
        State.VETOED: "runs code that was vetoed",
        State.HELD: "held",
        State.NEVER: "never deployed",
        State.UNREPORTED: "does not say which commit it runs",
        State.HALFWAY: view.cell.between.place if isinstance(view.cell, Halfway) else "",
    }
    state, drift = state_of(view), drift_words(view.relation, view.against)
    if state is State.ALTERED and drift_of(view) is not State.SAME and drift:
        return f"altered, {drift}"
    if state is State.FAILED and view.unproved:
        return "what runs there was not proved"
    if state is State.HELD and drift_of(view) is not State.SAME and drift:
        return f"held, {drift}"
    if state is State.UNREPORTED and isinstance(view.cell, Unreported) and view.cell.says:
        return "which commit it names is not known"
    return words.get(state) or drift


def main(pane: Pane, width: int, height: int) -> list[Content]:
    """Return the lines of the left, or only, side: the action, why, and what a promotion would bring."""
    if pane.trouble is not None:
        return _trouble(pane.trouble, pane, width)
    view = pane.view
    if view is None:
        return [ink("reading the stack", "muted")]
    if isinstance(view.cell, Unreachable):
        return _unreachable(view.cell, pane, width)
    notes = [*_news(pane, width), *_closed(pane, width)]
    action = _marked(pane) if pane.marked else _action(pane, width)
    lines = [action, BLANK, *notes, *([BLANK] if notes and height > 8 else [])]  # noqa: PLR2004 - room
    return [*lines, *_commits(pane, width, height - len(lines)), *(_history(pane) if height > 14 else [])]  # noqa: PLR2004


def _trouble(error: PromoteError, pane: Pane, width: int) -> list[Content]:
    return [
        key_action(pane.key_of("pipeline.refresh"), "try again", pane.glyphs),
        BLANK,
        *wrap(ink(f"{error.subject}: {error.cause}", "bad"), width),
        *_next(of_error(error, "pipeline", pane.key_of), width),
    ]


def _next(words: Content, width: int) -> list[Content]:
    return wrap(line(ink("NEXT  ", "label"), words), width, 6) if words.plain else []


def key_action(key: str, words: str, glyphs: Glyphs) -> Content:
    """Return `p → promote 3f2a9c1 to staging`."""
    return line(ink(key, "strong"), ink(f" {glyphs.arrow} ", "muted"), ink(words, "strong"))


def _unreachable(cell: Unreachable, pane: Pane, width: int) -> list[Content]:
    """Return the key that helps, what it comes to, and why the stage cannot be read."""
    after = BLANK
    if cell.login:
        action = key_action(pane.key_of("app.login"), "log in", pane.glyphs)
    else:
        action = key_action(pane.key_of("pipeline.refresh"), "read it again", pane.glyphs)
        after = line(ink("   once you have done this: ", "muted"), ink(cell.remedy)) if cell.remedy else BLANK
    return [*wrap(line(action, after), width, 4), BLANK, *wrap(ink(cell.reason, "warn"), width)]


def _action(pane: Pane, width: int) -> Content:
    if pane.state is State.UNSETTLED and pane.view is not None:
        return key_action(pane.key_of("app.runs"), f"open run {pane.view.run} and reconcile it", pane.glyphs)
    if pane.state is State.RUNNING:
        return key_action(pane.key_of("app.runs"), "watch it in Runs", pane.glyphs)
    if pane.draft is None and pane.error is None:
        words = ink("   looking for the commit", "muted")
        return line(key_action(pane.key_of("pipeline.promote"), f"promote to {pane.stage.name}", pane.glyphs), words)
    if pane.draft is None:
        return key_action(pane.key_of("pipeline.promote"), f"choose a commit for {pane.stage.name}", pane.glyphs)
    return _promotion(pane, pane.draft, width)


def _marked(pane: Pane) -> Content:
    words = f"review the {plural(pane.marked, 'marked cell')}"
    how = f"   one after the other; {pane.key_of('pipeline.clear')} takes the marks away"
    return line(
        key_action(pane.key_of("pipeline.promote"), words, pane.glyphs), ink(how.replace("escape", "esc"), "muted")
    )


def _promotion(pane: Pane, draft: Draft, width: int) -> Content:
    closed = any(not gate.passed for gate in draft.gates)
    verb, join = ("review", "for") if closed else ("promote", "to")
    if not closed and draft.deployed is not None and draft.deployed.sha == draft.commit.sha:
        verb = "deploy"
        join = "again to"
    left = key_action(
        pane.key_of("pipeline.promote"), f"{verb} {draft.commit.short} {join} {draft.target.stage}", pane.glyphs
    )
    how = "" if closed else asks(draft.confirm)
    return spread(line(left, "   ", ink(how, "muted")), gate_count(draft.gates, pane.glyphs), width)


def _news(pane: Pane, width: int) -> list[Content]:
    """What happened here that is not drift: a failure, a run under way, a stack without its commit."""
    view, stack = pane.view, stack_of(pane.view.cell) if pane.view else None
    lines: list[Content] = []
    if pane.state is State.FAILED and stack is not None:
        lines += wrap(
            line(ink(pane.glyphs.failed, "bad"), " ", ink(_failure(pane, stack.status_name), "bad")), width, 2
        )
        told = pane.last is not None and bool(pane.last.cause)
        why = "" if told else f"{pane.key_of('app.open')} {pane.glyphs.arrow} its events in the console say why"
        back = f"{pane.key_of('app.rollback')} {pane.glyphs.arrow} roll back"
        steps = back if view and view.unproved else advice(stack.status.remedy, why)
        lines += wrap(line(ink("NEXT  ", "label"), ink(steps)), width, 6) if steps else []
    if view is not None and isinstance(view.cell, Halfway) and pane.state is State.HALFWAY:
        lines += wrap(line(ink(pane.glyphs.failed, "bad"), " ", ink(str(view.cell.between), "bad")), width, 2)
        lines += wrap(line(ink("NEXT  ", "label"), ink(view.cell.stack.status.remedy)), width, 6)
    if pane.state is State.UNSETTLED and view is not None:
        lines += wrap(line(ink(pane.glyphs.unknown, "warn"), " ", ink(view.unsettled, "warn")), width, 2)
    if pane.state is State.RUNNING and stack is not None:
        who = f" by {pane.last.planned.who}, run {pane.last.id}" if pane.last and pane.last.live else ""
        lines += wrap(ink(f"{stack.name} is {stack.status_name}{who}", "live"), width)
    if view is not None and view.altered and pane.state is State.ALTERED:
        words = ink(describe_altered(view.altered), "bad")
        lines += wrap(line(ink(pane.glyphs.altered, "bad"), " ", words), width, 2)
        lines += wrap(line(ink("NEXT  ", "label"), ink(ALTERED_REMEDY)), width, 6)
    lines += _decided(pane, view, width) if view is not None else []
    if view is not None and isinstance(view.cell, Unreported):
        lines += wrap(ink(view.cell.reason, "warn"), width)
        also = f"{pane.key_of('app.decide')} {pane.glyphs.arrow} adopt what runs there"
        lines += wrap(line(ink("NEXT  ", "label"), ink(advice(view.cell.remedy, also))), width, 6)
    return lines


def _decided(pane: Pane, view: CellView, width: int) -> list[Content]:
    """What people have decided here, and what they have promised: a veto, a hold, a hotfix that has to come back."""
    found: list[tuple[str, str, Role]] = []
    found += [(pane.glyphs.veto, decided("vetoed", view.veto), "bad")] if view.veto else []
    found += [(pane.glyphs.hold, decided("held", view.hold), "warn")] if view.hold else []
    found += [(pane.glyphs.attention, view.foreign, "warn")] if view.foreign else []
    found += [(" ", KEEP_OUTPUT, "muted")] if view.foreign and isinstance(view.cell, Unreported) else []
    found += [(pane.glyphs.attention, str(view.merge_back), "warn")] if view.merge_back else []
    return [
        each for sign, words, role in found for each in wrap(line(ink(sign, role), " ", ink(words, role)), width, 2)
    ]


def _failure(pane: Pane, status: str) -> str:
    last = pane.last
    if last is not None and last.cause:
        return f"{last.cause} ({status})"
    return f"the stack is {status}"


def _closed(pane: Pane, width: int) -> list[Content]:
    if pane.error is not None:
        remedy = without_options(pane.error.remedy, f"enter {pane.glyphs.arrow} choose a commit")
        step = pane.error.step if pane.error.step and pane.error.step.deed != "choose" else None  # enter, said above
        key = key_words(step, "pipeline", pane.key_of) if step else None
        words = joined(remedy, step, [key] if key else [])
        return [*wrap(ink(pane.error.cause, "warn"), width), *_next(words, width)]
    lines: list[Content] = []
    for gate in leading_first(pane.draft.gates) if pane.draft else ():
        lines += wrap(gate_line(gate, pane.glyphs), width, 16)
        next_ = of_gate(gate, "pipeline", pane.key_of)
        lines += wrap(line(" " * 16, next_), width, 16) if next_.plain else []
    return lines


def _commits(pane: Pane, width: int, room: int) -> list[Content]:
    draft = pane.draft
    if draft is None:
        return _deployed(pane, width, room)
    tall = room > 8  # noqa: PLR2004 - where labels fit as well
    lines: list[Content] = []
    for label, commits, role in (
        ("would remove", draft.removes, "warn"),
        ("would bring", draft.brings, "plain"),
    ):
        if commits:
            lines += [BLANK] if lines and tall else []
            lines += _listed(
                label, [commit_line(it, pane.now, width, sha=_role(role)) for it in commits], room, tall=tall
            )
    return (lines or _nothing(pane)) + ([BLANK, *_deployed(pane, width, room)] if tall else [])


def _role(role: str) -> Role:
    return "warn" if role == "warn" else "plain"


def _listed(label: str, lines: list[Content], room: int, *, tall: bool) -> list[Content]:
    if tall:
        most = max(3, room // 2 - 2)
        more = [ink(f"and {plural(len(lines) - most, 'more commit')}", "muted")] if len(lines) > most else []
        return [head(label), *lines[:most], *more]
    if label == "would remove":
        return [ink(f"would take {plural(len(lines), 'commit')} away:", "warn"), *lines]
    return lines


def _nothing(pane: Pane) -> list[Content]:
    from promote_tui.tui.presentation.review.model import untold  # noqa: PLC0415 - not before the first frame

    if pane.draft is not None and untold(pane.draft):
        return [ink("what would change cannot be told", "warn")]
    return [ink(f"{pane.stage.name} runs the same code already", "muted")]


def _deployed(pane: Pane, width: int, room: int) -> list[Content]:
    commit = pane.view.commit if pane.view else None
    if commit is None:
        return []
    shown = commit_line(commit, pane.now, width)
    return [head("deployed"), shown] if room > 3 else [shown]  # noqa: PLR2004 - where the label fits


def _history(pane: Pane) -> list[Content]:
    if not pane.runs:
        return []
    rows = [
        spread(line(from_to(run, pane.glyphs), "  ", outcome(run, pane.glyphs)), _tail(run, pane.now), 71)
        for run in pane.runs[:4]
    ]
    return [BLANK, head("last runs here"), *rows]


def _tail(run: Run, now: datetime) -> Content:
    text = f"{took(run, now):>6}  {run.planned.who[:8]:<8} {age(run.started_at, now):>4}"
    return ink(text, "muted")


def side(pane: Pane, width: int) -> list[Content]:
    """Return the lines of the right side on wide screens: the stack and the gates."""
    view = pane.view
    if view is None:
        return []
    target = view.cell.target
    stack = stack_of(view.cell)
    lines = [head("stack"), pair("name", ink(target.stack))]
    if stack is not None:
        lines.append(pair("status", ink(stack.status_name)))
        if stack.updated_at is not None:
            lines += wrap(pair("updated", ink(exact(stack.updated_at))), width, 12)
    if view.altered is not None:
        code = ink(f"{len(view.altered)} altered", "bad") if view.altered else ink("as deployed")
        lines.append(pair("code", code))
    lines.append(pair("account", ink(f"{target.aws.account} {pane.glyphs.dot} {target.aws.region}")))
    return [*lines, *_gates(pane, width), *_next_stages(pane, width)]


def _next_stages(pane: Pane, width: int) -> list[Content]:
    if not pane.after:
        return []
    lines = [BLANK, head("next stage" if len(pane.after) == 1 else "next stages")]
    for name, view in pane.after:
        mark = line(glyph_of(state_of(view), pane.glyphs), " ", ink(name, "muted"))
        lines += wrap(pair_of(mark, ink(state_words(view))), width, 12)
    return lines


def _gates(pane: Pane, width: int) -> list[Content]:
    if pane.draft is None:
        return []
    lines = [BLANK, head(f"gates to {pane.stage.name}")]
    for gate in closed_first(pane.draft.gates):
        lines += wrap(gate_line(gate, pane.glyphs), width, 16)
    return lines
