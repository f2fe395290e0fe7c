"""What a commit is to each stage: verified there, running there, or what its promotion would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.git.relation import Ahead, Behind, Diverged, NotApplicable, Relation, Same, Unknown
from promote_tui.core.runs.verification import ObservedDeploy, VerifiedBy
from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import head
from promote_tui.tui.presentation.style import BLANK, Role, fit, ink, line, wrap
from promote_tui.tui.presentation.wording import ago

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.stage_positions import CommitStageStatus
    from promote_tui.tui.presentation.glyphs import Glyphs


def stage_table(stories: Sequence[CommitStageStatus], now: datetime, glyphs: Glyphs, width: int) -> list[Content]:
    """Return a row for each stage below their head."""
    at = max((len(story.stage) for story in stories), default=0) + 4
    rows: list[Content] = []
    for story in stories:
        name = fit(line(_mark(story, glyphs), " ", ink(story.stage, "muted")), at)
        rows += wrap(line(name, _told(story, now)), width, at)
    return [BLANK, head("stages"), *rows] if rows else []


def brief(stories: Sequence[CommitStageStatus], now: datetime, glyphs: Glyphs, width: int) -> Content:
    """Return all stages in one line."""
    parts = [line(_mark(story, glyphs), " ", ink(story.stage, "muted"), " ", _brief(story, now)) for story in stories]
    text = line(*(part for one in parts for part in ("    ", one)))[4:] if parts else BLANK
    return text.truncate(width, ellipsis=True)


def _mark(story: CommitStageStatus, glyphs: Glyphs) -> Content:
    verified = isinstance(story.verification, VerifiedBy | ObservedDeploy)
    return ink(glyphs.passed, "good") if verified else ink(glyphs.alone, "muted")


def _told(story: CommitStageStatus, now: datetime) -> Content:
    match story.verification:
        case VerifiedBy(run=run, at=at):
            return ink(f"{'runs it, ' if isinstance(story.relation, Same) else ''}verified {ago(at, now)}, run {run}")
        case ObservedDeploy(since=since):
            return ink(f"runs it, since {ago(since, now).removesuffix(' ago')}" if since else "runs it")
        case _:
            words, _, role = _would(story.relation)
            return ink(words, role)


def _brief(story: CommitStageStatus, now: datetime) -> Content:
    if isinstance(story.verification, VerifiedBy):
        return ink(f"verified {ago(story.verification.at, now)}")
    _, words, role = _would(story.relation)
    return ink(words, role)


def _would(relation: Relation) -> tuple[str, str, Role]:
    """Return what a promotion of the commit would do, at length and in brief, and how that is drawn."""
    match relation:
        case Same():
            return "runs it, not verified", "runs it", "plain"
        case Ahead(ahead):
            return f"would deploy {plural(ahead, 'commit')}", f"would deploy {ahead}", "plain"
        case Behind(behind):
            return f"would remove {plural(behind, 'newer commit')}", f"has {behind} newer", "muted"
        case Diverged(ahead, behind):
            words = f"would deploy {ahead} and remove {plural(behind, 'commit')}"
            return words, f"+{ahead} -{behind}", "warn"
        case Unknown(reason):
            return reason, "?", "warn"
        case NotApplicable():
            return "nothing deployed yet", "never", "muted"
