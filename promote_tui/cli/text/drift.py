"""The four drifts as text: a section for each kind, the oldest stage first, its causes below it."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING

from promote_tui.cli import cell_words
from promote_tui.cli.text.status import SUBJECT
from promote_tui.cli.text.style import Segment, table
from promote_tui.core.changes.stack_drift import differences
from promote_tui.core.drift.wording import PARTS, revert_words, setting_words
from promote_tui.core.durations import age
from promote_tui.core.git import relation
from promote_tui.core.model.cells import Never, stack_of
from promote_tui.core.text import advice, clean, list_first, plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from promote_tui.cli.text.style import Role, Style
    from promote_tui.core.drift.report import DriftKind, StageDrift

_LISTED = 10
_NAMED = 3
_JUST_NOW = timedelta(minutes=1)
_SIGNS: Mapping[str, tuple[str, Role]] = {
    "behind": ("behind", "warn"),
    "ahead": ("ahead", "warn"),
    "diverged": ("diverged", "bad"),
}
_HEADS: Mapping[DriftKind, tuple[str, str]] = {
    "commit": ("Commit", "verified in the stage before and not deployed here, or only here"),
    "config": ("Config", "settings differ from the stage before"),
    "stack": ("Stack", "changed outside of a promotion"),
    "traffic": ("Traffic", "requests reach other code than was deployed"),
}


def drift_lines(rows: Sequence[StageDrift], kinds: Collection[DriftKind], style: Style, now: datetime) -> list[str]:
    """Return all sections, and what could not be read at the end."""
    lines: list[str] = []
    for kind in kinds:
        title, about = _HEADS[kind]
        lines += [
            f"{style.paint(title, 'strong')}  {style.paint(about, 'calm')}",
            *_section(rows, kind, style, now),
            "",
        ]
    unread = [
        f"{row.service}/{row.stage}: {advice(*cell_words.reason_and_remedy(row.view))}" for row in rows if row.unread
    ]
    return [*lines[:-1], *([""] if unread else []), *(clean(words, limit=400) for words in unread)]


def _section(rows: Sequence[StageDrift], kind: DriftKind, style: Style, now: datetime) -> list[str]:
    drifted = sorted((row for row in rows if row.has_drift(kind)), key=lambda row: _since(row, kind))
    lines = [line for row in drifted for line in _row(row, kind, style, now)]
    untold = (row for row in rows if row.why_unknown(kind) and not row.unread)
    unknown = [f"  {row.service}/{row.stage}: {row.why_unknown(kind)}" for row in untold]
    asked = [row for row in rows if not row.unread]
    calm = ["  no drift"] if not drifted and not unknown and asked else ["  nothing could be read"] if not asked else []
    notes = _last_looked(rows, now) if kind == "stack" else []
    return [*lines, *(clean(words, limit=400) for words in (*unknown, *calm, *notes))]


def _since(row: StageDrift, kind: DriftKind) -> float:
    stack = stack_of(row.view.cell)
    at = row.stack.checked_at if kind == "stack" and row.stack else stack.updated_at if stack else None
    return at.timestamp() if at else inf


def _last_looked(rows: Sequence[StageDrift], now: datetime) -> list[str]:
    """Return when CloudFormation looked last, where that was not just now."""
    never = [
        f"{row.service}/{row.stage}" for row in rows if row.stack and not row.stack.checked_at and not row.stack.unknown
    ]
    moments = [row.stack.checked_at for row in rows if row.stack and row.stack.checked_at]
    oldest = min(moments, default=now)
    old = [f"  as CloudFormation found it {age(oldest, now)} ago"] if now - oldest > _JUST_NOW else []
    return [*old, *([f"  never checked: {list_first(never, _NAMED)}"] if never else [])]


def _row(row: StageDrift, kind: DriftKind, style: Style, now: datetime) -> Iterator[str]:
    sign, role, words = _head(row, kind)
    stack = stack_of(row.view.cell)
    when = age(stack.updated_at, now) if stack and stack.updated_at else ""
    name = clean(f"{row.service}/{row.stage}", limit=80)
    head = [f"  {style.paint(style.sign(sign), role)} {style.paint(name, 'strong')}", style.paint(words, role)]
    yield "  ".join([*head, style.paint(when, "calm")]).rstrip()
    causes = list(_CAUSES[kind](row, style))
    yield from table([[Segment("   "), *cause] for cause in causes[:_LISTED]], style)
    if len(causes) > _LISTED:
        yield f"     and {len(causes) - _LISTED} more"


def _head(row: StageDrift, kind: DriftKind) -> tuple[str, Role, str]:
    if kind == "config":
        count = len(row.config.differences) if row.config else 0
        return "modify", "warn", f"{plural(count, 'setting')} differ{'s' if count == 1 else ''} from {row.against}"
    if kind == "stack":
        resources = len(row.stack.resources) if row.stack else 0
        altered = len(row.view.altered or ())
        parts = [plural(resources, "resource")] if resources else []
        parts += [f"the code of {plural(altered, 'function')}"] if altered else []
        return "failed", "bad", f"{' and '.join(parts)} changed by hand"
    if kind == "traffic":
        return "altered", "bad", row.view.traffic.headline if row.view.traffic else ""
    if isinstance(row.view.cell, Never):
        return "never", "calm", "never deployed"
    ahead, behind = relation.counts(row.view.relation)
    words = [f"{behind} behind"] if behind else []
    words += [f"{ahead} ahead of"] if ahead else []
    sign, role = _SIGNS[relation.name(row.view.relation)]
    return sign, role, f"{', '.join(words)} {row.against}"


def _commit_causes(row: StageDrift, style: Style) -> Iterator[list[Segment]]:
    found, before = row.commits, row.against or "the stage before"
    if found is None:
        return
    for commit in found.hotfixes:
        words = f"hotfix {commit.short} is not in {before}: {commit.subject}"
        yield [Segment(style.sign("attention"), "bad"), Segment(clean(words, limit=2 * SUBJECT), "bad")]
    for revert in found.reverts:
        words = revert_words(revert, row.stage, before)
        yield [Segment(style.sign("attention"), "warn"), Segment(clean(words, limit=2 * SUBJECT), "warn")]
    for commit in found.missing:
        words = f"{commit.short} {clean(commit.subject, limit=SUBJECT)}"
        yield [Segment(style.sign("add")), Segment(words), Segment(clean(commit.author, limit=30), "calm")]


def _config_causes(row: StageDrift, _style: Style) -> Iterator[list[Segment]]:
    found = row.config.differences if row.config else ()
    for each in sorted(found, key=lambda each: PARTS.index(each.part)):
        words = setting_words(each, row.against or "the stage before")
        yield [Segment(clean(each.name, limit=80)), Segment(clean(words, limit=200), "warn")]


def _stack_causes(row: StageDrift, style: Style) -> Iterator[list[Segment]]:
    for name in row.view.altered or ():
        yield [Segment(clean(name, limit=80)), Segment("runs other code than was deployed", "bad")]
    for resource in row.stack.resources if row.stack else ():
        name = clean(resource.logical_id, limit=80)
        if resource.deleted:
            yield [Segment(name), Segment("was deleted", "bad")]
        for each in differences(resource):
            values = (
                "changed"
                if each.before is None
                else f"{each.before or 'none'} {style.sign('arrow')} {each.after or 'none'}"
            )
            yield [Segment(name), Segment(clean(f"{each.path} {values}", limit=200), "bad")]
        if not resource.deleted and not resource.properties:
            yield [Segment(name), Segment("changed", "bad")]


def _traffic_causes(row: StageDrift, _style: Style) -> Iterator[list[Segment]]:
    for words in row.view.traffic.details if row.view.traffic else ():
        yield [Segment(clean(words, limit=200), "bad")]


_CAUSES = {
    "commit": _commit_causes,
    "config": _config_causes,
    "stack": _stack_causes,
    "traffic": _traffic_causes,
}
