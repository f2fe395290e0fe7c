"""One line each: a commit, a run, a gate, a branch, a key-value pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import duration
from promote_tui.core.text import short
from promote_tui.tui.presentation.style import Role, align_right, cut_middle, fit, ink, line, spread
from promote_tui.tui.presentation.wording import age

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.pipeline import Branch, Commit
    from promote_tui.core.runs.run import Run
    from promote_tui.tui.presentation.glyphs import Glyphs

WHO, AGE = 8, 5
_OUTCOMES: dict[str, tuple[str, Role]] = {  # by the name of a run's status
    "running": ("deploying", "live"),
    "succeeded": ("verified", "muted"),
    "failed": ("failed", "bad"),
    "cancelled": ("cancelled", "warn"),
    "rolled_back": ("rolled back", "bad"),
    "unknown": ("unknown", "warn"),
}


def commit_line(commit: Commit, now: datetime, width: int, *, subject: Role = "plain", sha: Role = "plain") -> Content:
    """Return `3f2a9c1  Retry refunds on 409    ana  2h`; the subject is cut at its end, the hash never."""
    return spread(line(ink(commit.short, sha), "  ", ink(commit.subject, subject)), who_and_age(commit, now), width)


def who_and_age(commit: Commit, now: datetime, who: int = WHO) -> Content:
    """Return the two right-hand columns of a commit, the name in `who` cells."""
    name = fit(ink(person(commit.author, who), "muted"), who)
    return line(" ", name, align_right(ink(age(commit.authored_at, now), "muted"), AGE))


def person(name: str, width: int) -> str:
    """Return a name that fits: the whole one, else its first word."""
    first, _, rest = name.strip().partition(" ")
    return first if rest and len(name) > width else name


def head(label: str, note: Content | str = "") -> Content:
    """Return a label in capitals, with a note behind it."""
    return line(ink(label.upper(), "label"), "  ", note) if note else ink(label.upper(), "label")


def pair(key: str, value: Content, at: int = 12) -> Content:
    """Return a muted key and its value in a column."""
    return line(fit(ink(key, "muted"), at), value)


def pair_of(key: Content, value: Content, at: int = 12) -> Content:
    """Return a key that is drawn already and its value in a column."""
    return line(fit(key, at), value)


def gate_mark(gate: GateResult, glyphs: Glyphs) -> Content:
    """Return the sign of an open or a closed gate."""
    return ink(glyphs.passed, "good") if gate.passed else ink(glyphs.failed, "strong bad")


def gate_line(gate: GateResult, glyphs: Glyphs, at: int = 16) -> Content:
    """Return a gate with its reason."""
    role: Role = "plain" if gate.passed else "bad"
    return gate_with_sign(gate_mark(gate, glyphs), gate.name, ink(gate.reason, role), at, quiet=gate.passed)


def gate_with_sign(sign: Content, name: str, reason: Content, at: int, *, quiet: bool) -> Content:
    """Return a gate behind a sign that is drawn already."""
    return line(sign, " ", fit(ink(name, "muted" if quiet else "strong"), at - 2), reason)


def gate_count(gates: Sequence[GateResult], glyphs: Glyphs) -> Content:
    """Return `gates ✓ 4` or `1 gate closed`."""
    closed = sum(not gate.passed for gate in gates)
    if closed:
        return line(ink(glyphs.failed, "bad"), ink(f" {closed} blocked", "bad"))
    return line(ink("gates ", "muted"), ink(glyphs.passed, "good"), ink(f" {len(gates)} pass"))


def branch_line(branch: Branch, now: datetime, width: int) -> Content:
    """Return a branch with its tip; its name is cut in the middle."""
    name = ink(cut_middle(branch.name, max(12, width // 2)))
    return spread(line(name, "  ", ink(branch.tip.subject, "muted")), who_and_age(branch.tip, now), width)


def outcome(run: Run, glyphs: Glyphs, frame: int = 0) -> Content:
    """Return how a run ended, or that it has not."""
    words, role = _OUTCOMES[run.status.value]
    words = "not proved" if run.unproved else "rolled back" if run.rollback_words else words
    marks = {
        "running": ink(glyphs.running(frame), "live"),
        "succeeded": ink(glyphs.passed, "good"),
        "unknown": ink(glyphs.unknown, "strong warn"),
    }
    return line(marks.get(run.status.value, ink(glyphs.failed, role)), " ", ink(words, role))


def duration_of(run: Run, now: datetime) -> str:
    """Return how long a run took, or takes so far."""
    return duration(((run.ended_at or now) - run.started_at).total_seconds())


def from_to(run: Run, glyphs: Glyphs) -> Content:
    """Return `2c7e914 → 8d20b6e`."""
    old = ink("nothing" if run.from_commit is None else short(run.from_commit) or "unknown", "muted")
    new = "nothing" if run.brings is None else short(run.brings) or "unknown"
    return line(old, ink(f" {glyphs.arrow} ", "faint"), ink(new))
