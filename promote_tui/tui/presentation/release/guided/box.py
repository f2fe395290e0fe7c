"""The box at the bottom of a release: what is missing, what went wrong with its choices, or how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.releases.outcome_words import outcome_words
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.core.releases.review import changed_resources
from promote_tui.core.text import join_words, list_first, plural
from promote_tui.tui.presentation.release.box import issue_line
from promote_tui.tui.presentation.release.guided.issues import find_blockers
from promote_tui.tui.presentation.release.guided.progress import member_words
from promote_tui.tui.presentation.style import Role, first_lines, ink, line, spread, wrap

if TYPE_CHECKING:
    from textual.content import Content

    from promote_tui.core.releases.release import Release
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_MOST_TROUBLE = 3
"""Members in trouble that the box tells of; their rows tell of the others."""

_CANCELS = ("release.stop", "cancels it")
_AT_THE_END = (("app.copy", "copies a summary"), ("release.notes", "shows the notes"))


def box_title(guided: GuidedRelease) -> Content:
    """Return the title of the box."""
    if guided.trouble is not None:
        return ink("CANNOT BE READ", "strong warn")
    if guided.is_orphaned:
        return ink("PROCESS GONE", "strong warn")
    if guided.is_unconfirmed:
        return ink("GO / NO-GO", "strong warn")
    titles: dict[ReleaseStatus, tuple[str, Role]] = {
        ReleaseStatus.PAUSED: ("GO / NO-GO", "strong warn"),
        ReleaseStatus.DONE: ("DONE", "strong good"),
        ReleaseStatus.STOPPED: ("STOPPED", "strong warn"),
        ReleaseStatus.ROLLED_BACK: ("ROLLED BACK", "strong warn"),
        ReleaseStatus.SCHEDULED: ("SCHEDULED", "strong live"),
    }
    words, role = titles.get(guided.status or ReleaseStatus.PLANNED, ("RUNNING", "strong live"))
    return ink("IN TROUBLE", "strong bad") if guided.in_trouble else ink(words, role)


def box_class(guided: GuidedRelease) -> str:
    """Return the style class of the box: how grave it is."""
    if guided.trouble is not None:
        return ""
    if guided.in_trouble:
        return "-bad"
    if guided.status is ReleaseStatus.DONE:
        return "-go"
    is_calm = guided.is_unconfirmed and all(issue.role == "muted" for issue in find_blockers(guided))
    return "-calm" if is_calm else ""


def box_lines(guided: GuidedRelease, width: int, most: int) -> list[Content]:
    """Return the lines of the box; none where there is nothing to say."""
    if guided.is_unconfirmed:
        return _issues(guided, width, most)
    if guided.trouble is not None:
        stands = ink("what stands here is what was read last; it may go on meanwhile", "muted")
        return [*_issues(guided, width, most), *wrap(stands, width)]
    release = guided.release
    if release is None:
        return []
    if guided.is_orphaned:
        words = ink("no process works on it any more; runs that it has started continue by themselves", "warn")
        return [*wrap(words, width), _keys(guided, ("release.resume", "resumes with what is missing"))]
    if guided.in_trouble:
        return _trouble(guided, release, width, most)
    return _of_status(guided, release, width)


def _issues(guided: GuidedRelease, width: int, most: int) -> list[Content]:
    issues = find_blockers(guided)
    shown = issues if len(issues) <= most else issues[: most - 1]
    rest = len(issues) - len(shown)
    return [
        *(issue_line(issue, width) for issue in shown),
        *([ink(f"  and {plural(rest, 'more thing')}", "muted")] if rest else []),
    ]


def _keys(guided: GuidedRelease, *pairs: tuple[str, str]) -> Content:
    parts: list[Content] = []
    for action, words in pairs:
        parts += [ink(guided.key(action), "strong"), ink(f" {words}   ", "muted")]
    return line(*parts)


def _trouble(guided: GuidedRelease, release: Release, width: int, most: int) -> list[Content]:
    """Return what is wrong, and what can be done: that is never cut off."""
    lines: list[Content] = []
    for name in guided.in_trouble[:_MOST_TROUBLE]:
        lines += _of_member(guided, release, name, width)
    if release.status is ReleaseStatus.RUNNING:
        ways = [ink("what is at work is finished first; nothing new starts", "muted")]
    else:
        ways = choice_lines(guided, width)
    return [*first_lines(lines, most - len(ways), width), *ways]


def _of_member(guided: GuidedRelease, release: Release, name: str, width: int) -> list[Content]:
    """Return why a member is in trouble; of one that changes otherwise than it was reviewed, what differs."""
    progress = release.progress[name]
    why = line(ink(f"{name} ", "strong"), ink(f"{member_words(progress)}: ", "bad"), ink(progress.cause))
    reviewed = progress.accepted or release.reviews.get(name)
    differs = changed_resources(reviewed, progress.now) if reviewed and progress.now else ()
    if differs:
        why = line(ink(f"{name} ", "strong"), ink("differs from its review: ", "warn"), ink(list_first(differs, 5)))
    remedy = wrap(ink(progress.remedy, "muted"), width) if progress.remedy and not differs else []
    losses = _losses(guided, name, width)
    return [*first_lines(wrap(why, width, 2), 2, width), *(losses or first_lines(remedy, 1, width))]


def _losses(guided: GuidedRelease, service: str, width: int) -> list[Content]:
    """Return what a member would lose, and the key that asks for the names."""
    names = [each.logical_id for _, each in guided.allowances_missing((service,))]
    if not names:
        return []
    key = line(ink(guided.key("release.retry"), "strong"), ink(" asks for the names", "muted"))
    words = ink(f"would lose the data of {join_words(tuple(names))}", "strong bad")
    return [spread(words, key, width)]


def choice_lines(guided: GuidedRelease, width: int) -> list[Content]:
    """Return what a person can do about the trouble, with the keys."""
    return wrap(
        _keys(
            guided,
            ("release.retry", "retry"),
            ("release.skip", "skip"),
            ("app.rollback", "roll back this one"),
            ("release.roll_back_all", "roll back all"),
            ("release.stop", "stop"),
        ),
        width,
    )


def _wait_words(guided: GuidedRelease, release: Release) -> str:
    """Return `starts in 4h; gates are asked again then   `."""
    at = release.confirmed.starts_at if release.confirmed else None
    return f"starts in {span(at - guided.now)}; gates are asked again then   " if at else ""


def _of_status(guided: GuidedRelease, release: Release, width: int) -> list[Content]:
    match release.status:
        case ReleaseStatus.PAUSED if release.paused is not None and release.paused.why == "go":
            return [_keys(guided, ("release.go", f"confirms wave {guided.next_wave}"), ("release.stop", "stops"))]
        case ReleaseStatus.PAUSED:
            words = ink(release.paused.words if release.paused else "", "warn")
            return [*wrap(words, width), _keys(guided, ("app.login", "logs in"), ("release.resume", "resumes"))]
        case ReleaseStatus.SCHEDULED:
            return wrap(line(ink(_wait_words(guided, release), "muted"), _keys(guided, _CANCELS)), width)
        case ReleaseStatus.DONE | ReleaseStatus.STOPPED | ReleaseStatus.ROLLED_BACK:
            return [line(ink(f"{outcome_words(release)}   "), _keys(guided, *_AT_THE_END))]
        case _:
            return []
