"""What a person reads before a deploy: commits, what is taken away, files, gates, target and command."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.model import Never, Target, Unreachable, Unreported
from promote_tui.core.plan import Draft, Plan
from promote_tui.core.text import plural, short
from promote_tui.tui.presentation.cells import commit_of
from promote_tui.tui.presentation.glyphs import Glyphs
from promote_tui.tui.presentation.ink import BLANK, Role, fit, ink, line, spread, wrap
from promote_tui.tui.presentation.lists import commit_line, gate_count, gate_line, head, sorted_gates
from promote_tui.tui.presentation.words import without_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.content import Content

    from promote_tui.core.gates import GateResult
    from promote_tui.core.model import Commit

_LISTED = 40
_AT = 10


@dataclass(frozen=True, slots=True)
class Review:
    """A promotion as far as it is known; `step` is what the packaging is doing now."""

    target: Target
    now: datetime
    glyphs: Glyphs
    draft: Draft | None = None
    plan: Plan | None = None
    step: str = ""
    error: PromoteError | None = None
    """Why there is no draft, no plan, or no run."""

    @property
    def gates(self) -> Sequence[GateResult]:
        """The gates of the plan, or of the draft until there is one."""
        return self.plan.gates if self.plan else self.draft.gates if self.draft else ()

    @property
    def closed(self) -> list[GateResult]:
        """The gates that keep the promotion from going on."""
        return [gate for gate in self.gates if not gate.passed]


def headline(review: Review, width: int) -> Content:
    """Return the whole promotion in one line: from and to, how many commits and files, how the gates stand."""
    draft = review.draft
    if draft is None:
        return BLANK
    taken = (
        line("   ", ink(f"takes away {plural(len(draft.removes), 'commit')}", "strong warn")) if draft.removes else ""
    )
    size = f"   {plural(len(draft.brings), 'commit')}   {plural(len(draft.files), 'file')}"
    left = line(
        ink(f"{_old(draft)} {review.glyphs.arrow} ", "muted"),
        ink(draft.commit.short, "strong"),
        ink("   changes unknown", "warn") if untold(draft) else ink(size),
        taken,
    )
    return spread(left, gate_count(review.gates, review.glyphs), width)


def body(review: Review, width: int, *, command: bool, wide: bool) -> list[Content]:
    """Return the evidence: in one column, with the closed gates on top, or its left side where `wide`."""
    draft = review.draft
    if draft is None:
        return [] if review.error else [ink("reading the stack and the history", "muted")]
    closed = [] if wide or not review.closed else [*gates(review, width, only_closed=True), BLANK]
    lines = [*closed, *(_cannot_tell(draft, width) if untold(draft) else _changes(review, draft, width))]
    if not wide:
        lines += [BLANK, *gates(review, width)]
    return [*lines, *([BLANK, *runs(review, width)] if command else [])]


def _old(draft: Draft) -> str:
    """Return what runs there now: `nothing` only where it is known that there is nothing."""
    if draft.deployed is not None:
        return draft.deployed.short
    if isinstance(draft.cell, Never) and draft.cell.stack is None:
        return "nothing"
    return short(commit_of(draft.cell) or "") or "unknown"


def untold(draft: Draft) -> bool:
    """Tell whether something else than a commit of this clone may run there: nothing can be compared then."""
    return draft.deployed is None and not isinstance(draft.cell, Never)


def _cannot_tell(draft: Draft, width: int) -> list[Content]:
    match draft.cell:
        case Unreachable(reason=reason):
            why = f"the stage could not be read: {reason}"
        case Unreported(reason=reason):
            why = reason
        case _:
            why = "what runs there now is not in this clone"
    note = line(head("changes"), "   ", ink("cannot be told", "warn"))
    return [note, *wrap(ink(why, "warn"), width)]


def _changes(review: Review, draft: Draft, width: int) -> list[Content]:
    return [*_commits(review, draft, width), BLANK, *_files(draft, width)]


def _commits(review: Review, draft: Draft, width: int) -> list[Content]:
    taken = _group(review, draft.removes, width, "takes away", "warn")
    brought = _group(review, draft.brings, width, "brings", "plain")
    if not taken and not brought:
        return [head("brings", ink("no commit of this service; the same code again", "muted"))]
    return [*taken, *([BLANK] if taken and brought else []), *brought]


def _group(review: Review, commits: Sequence[Commit], width: int, label: str, role: Role) -> list[Content]:
    if not commits:
        return []
    names = list(dict.fromkeys(commit.author for commit in commits))
    people = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")  # noqa: PLR2004 - a line
    count = f"{plural(len(commits), 'commit')} by {people}"
    rows = [commit_line(commit, review.now, width, sha=role) for commit in commits[:_LISTED]]
    more = [ink(f"and {len(commits) - _LISTED} more", "muted")] if len(commits) > _LISTED else []
    return [head(label, ink(count, "warn" if role == "warn" else "muted")), *rows, *more]


def _files(draft: Draft, width: int) -> list[Content]:
    if not draft.files:
        return [head("files", ink("none changed", "muted"))]
    rows = [fit(line(ink(f"{change.status} ", "muted"), ink(change.path)), width) for change in draft.files[:_LISTED]]
    more = [ink(f"and {len(draft.files) - _LISTED} more", "muted")] if len(draft.files) > _LISTED else []
    return [head("files", ink(f"{len(draft.files)} changed", "muted")), *rows, *more]


def gates(review: Review, width: int, *, only_closed: bool = False) -> list[Content]:
    """Return each gate with its reason and, where it is closed, the next step."""
    shown = [gate for gate in sorted_gates(review.gates) if not (only_closed and gate.passed)]
    bad = len(review.closed)
    note = ink(f"{bad} closed", "strong bad") if bad else ink(f"{len(shown)} passed", "muted")
    pending = "" if review.plan or bad or only_closed else ink("   more after packaging", "muted")
    lines = [head("gates", line(note, pending))]
    for gate in shown:
        lines += wrap(gate_line(gate, review.glyphs), width, 16)
        if not gate.passed and gate.remedy:
            lines += wrap(line(" " * 16, ink(gate.remedy, "muted")), width, 16)
    return lines


def runs(review: Review, width: int, *, brief: bool = False) -> list[Content]:
    """Return the exact command, wrapped at its words; where `brief`, with the package's folder cut at its start."""
    if review.plan is None:
        return []
    command = shlex.join(review.plan.command)
    if brief:
        folder = f"{review.glyphs.cut}/plans/{review.plan.id}/package"
        command = command.replace(shlex.quote(review.plan.package.folder), folder)
    words = ink(command, limit=2000)
    first, *rest = wrap(line(fit(ink("RUNS", "label"), _AT), words), width, _AT + 2)
    return [first, *rest]


def target_title(review: Review) -> Content:
    """Return `PROD  account 333333333333  eu-west-1`, for the frame."""
    target = review.target
    stage = ink(target.stage.upper(), "strong bad" if _typed(review) else "strong live")
    return line(stage, "  ", ink(f"account {target.aws.account}", "strong"), "  ", ink(target.aws.region, "strong"))


def _typed(review: Review) -> bool:
    return review.draft is not None and review.draft.confirm == "type"


def deploys(review: Review, width: int) -> list[Content]:
    """Return what would go where: service, stage, stack, from and to."""
    target, draft = review.target, review.draft
    what = line(ink(target.service, "strong"), ink(" to ", "muted"), ink(target.stage, "strong"))
    parts = [fit(ink("DEPLOYS", "label"), _AT), what, ink(f"   stack {target.stack}   ", "muted")]
    if draft is not None:
        parts += [ink(f"{_old(draft)} {review.glyphs.arrow} ", "muted"), ink(draft.commit.short, "strong")]
    return wrap(line(*parts), width, _AT)


def standing(review: Review, width: int, frame: int = 0) -> list[Content]:
    """Return why the deploy cannot be confirmed now, with the next step; nothing where it can."""
    if review.error is not None:
        label = fit(ink("REFUSED" if review.plan or review.draft else "STOPPED", "strong bad"), _AT)
        why = wrap(line(label, ink(review.error.cause, "bad")), width, _AT)
        remedy = without_options(review.error.remedy, "go back and choose a commit with enter")
        return [*why, *_next(remedy, width)]
    if review.closed:
        gate = review.closed[0]
        label = fit(ink("LOCKED", "strong bad"), _AT)
        reason = line(label, ink(gate.name, "strong"), ink(f": {gate.reason}"))
        return [*wrap(reason, width, _AT), *_next(gate.remedy, width)]
    if review.plan is None:
        label = fit(ink("REVIEW", "label"), _AT)
        glyph = ink(review.glyphs.running(frame), "live")
        return [fit(line(label, glyph, ink(f" {review.step or 'reading'}", "muted")), width)]
    return []


def _next(remedy: str, width: int) -> list[Content]:
    again = line(ink("r", "strong"), ink(" plans again", "muted"))
    words = line(fit(ink("NEXT", "label"), _AT), *((ink(f"{remedy}   "),) if remedy else ()), again)
    return wrap(words, width, _AT)
