"""The box under a release: what is missing, what deserves attention, and what its key does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from promote_tui.core.text import plural
from promote_tui.tui.presentation.release.issues import Issue, find_blockers, find_notices, find_obstacles, join_names
from promote_tui.tui.presentation.release.model import EntryStatus, ReleaseDraft
from promote_tui.tui.presentation.style import BLANK, Role, ink, line, spread, wrap
from promote_tui.tui.presentation.wording import confirmation_words

if TYPE_CHECKING:
    from collections.abc import Sequence


def go_line(release: ReleaseDraft) -> Content:
    """Return `✓ go   3 services in 2 waves`, or `! no-go   2 things are missing`."""
    issues = find_blockers(release)
    if not issues:
        many = f"   {plural(len(release.included), 'service')} in {plural(release.waves_left, 'wave')}"
        return line(ink(f"{release.glyphs.passed} go", "strong good"), ink(many, "muted"))
    if is_calm(issues):
        return ink("reading" if release.included or _reads(release) else "nothing to do", "muted")
    if all(issue.role in {"live", "muted"} for issue in issues) and release.next_wave is not None:
        words = f"{release.glyphs.running()} wave {release.next_wave.number} is running"
        return ink(words, "live")
    count = "1 thing is missing" if len(issues) == 1 else f"{len(issues)} things are missing"
    return line(ink(f"{release.glyphs.attention} no-go", "strong warn"), ink(f"   {count}", "muted"))


def is_calm(issues: Sequence[Issue]) -> bool:
    """Tell whether nothing is wrong: something is still being read, or there is nothing to do."""
    return bool(issues) and all(issue.role == "muted" for issue in issues)


def _reads(release: ReleaseDraft) -> bool:
    return any(entry.status is EntryStatus.READING for entry in release.entries.values())


def issue_line(issue: Issue, width: int) -> Content:
    """Return what is missing with the next keys at the end; what needs no key is told by its words alone."""
    keys = [line(ink(key, "strong"), " " if key else "", ink(words, "muted")) for key, words in issue.keys]
    return spread(line(ink(issue.sign, issue.role), " ", ink(issue.words)), Content("   ").join(keys), width)


def box_title(release: ReleaseDraft) -> Content:
    """Return the title of the box that says what is missing."""
    issues = find_blockers(release)
    role: Role = "strong good" if not issues else "label" if is_calm(issues) else "strong warn"
    return ink("GO" if not issues else "GO / NO-GO", role)


def box_lines(release: ReleaseDraft, width: int, most: int, *, air: bool) -> list[Content]:
    """Return the lines of the box: what is missing and what should be known, then what the key does."""
    issues = [*find_blockers(release), *find_notices(release)]
    shown = issues if len(issues) <= most else issues[: most - 1]
    lines = [issue_line(issue, width) for issue in shown]
    if len(issues) > len(shown):
        lines.append(ink(f"  and {plural(len(issues) - len(shown), 'more thing')}", "muted"))
    begin = _begin(release, width)
    return [*lines, *([BLANK] if air and lines and begin else []), *begin]


def _plan(release: ReleaseDraft, key: str, width: int) -> list[Content]:
    words = f"plan a release of {plural(len(release.included), 'service')} into {release.stage.name}"
    action = line(ink(key, "strong"), ink(f" {release.glyphs.arrow} ", "muted"), ink(words, "strong"))
    is_asked = release.stage.release.between_waves == "ask"
    each = "; each wave waits for a go" if is_asked else "; one confirmation for all waves"
    waves = f", {plural(release.waves_left, 'wave')}{each}" if release.waves_left > 1 else ""
    how = ink(f"   {confirmation_words(release.stage.confirm)}{waves}", "muted")
    opened = ink("what is missing can be opened there", "muted")
    issues = find_blockers(release)
    return [*wrap(line(action, how), width, 4), *([opened] if issues and not is_calm(issues) else [])]


def _begin(release: ReleaseDraft, width: int) -> list[Content]:
    key = release.key("releases.promote")
    if release.is_plannable and not find_obstacles(release):
        return _plan(release, key, width)
    wave = release.next_wave
    issues = find_blockers(release)
    if issues or wave is None:
        if is_calm(issues) and not _reads(release):
            return []
        when = "everything is read" if is_calm(issues) else "nothing is missing"
        return [line(ink(key, "label"), ink(f" becomes available when {when}", "muted"))]
    words = f"review {join_names(wave.services, 3)} for {release.stage.name}"
    action = line(ink(key, "strong"), ink(f" {release.glyphs.arrow} ", "muted"), ink(words, "strong"))
    turns = ", one by one" if len(wave.services) > 1 else ""
    how = ink(f"   wave {wave.number}, {confirmation_words(release.stage.confirm)}{turns}", "muted")
    rest = release.waves_left - 1
    after = "the next wave does" if rest == 1 else f"the next {rest} waves do"
    note = (
        f"{after} not start by {'itself' if rest == 1 else 'themselves'}: press {key} again when this wave is deployed"
    )
    return [*wrap(line(action, how), width, 4), *(wrap(ink(note, "muted"), width) if rest else [])]
