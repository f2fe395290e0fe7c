"""Previews as text: a line for each with its branch, and what a deploy or a removal comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.style import Role, Segment, Style, table
from promote_tui.core.durations import span
from promote_tui.core.text import clean, join_words, plural, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.previews.outcome import OutcomeName, PreviewOutcome
    from promote_tui.core.previews.preview import BranchState, Preview
    from promote_tui.engine.previews.deploying import PreviewUp
    from promote_tui.engine.previews.removing import PreviewRemoval

_NAME, _LINE = 60, 400
_BRANCHES: dict[BranchState, tuple[str, Role]] = {
    "open": ("open", "plain"),
    "merged": ("merged", "warn"),
    "deleted": ("deleted", "warn"),
    "unknown": ("unknown", "warn"),
}
_OUTCOMES: dict[OutcomeName, tuple[str, Role, str]] = {
    "deployed": ("passed", "good", "deployed"),
    "current": ("same", "calm", "runs it already"),
    "removed": ("passed", "good", "removed"),
    "skipped": ("hold", "warn", "left"),
    "refused": ("failed", "bad", "refused"),
    "failed": ("failed", "bad", "failed"),
}


def preview_lines(previews: Sequence[Preview], now: datetime, limit: int, style: Style) -> list[str]:
    """Return a line for each preview with its addresses and what is wrong below it, and how many there may be."""
    if not previews:
        return ["there are no previews"]
    rows = table([_row(each, now) for each in previews], style)
    lines = [line for row, each in zip(rows, previews, strict=True) for line in (row, *_details(each, style))]
    return [*lines, style.paint(f"{len(previews)} of {plural(limit, 'preview')}", "calm")]


def _row(preview: Preview, now: datetime) -> list[Segment]:
    words, role = _BRANCHES[preview.branch_state]
    age = preview.age(now)
    return [
        Segment(preview.name, "strong"),
        Segment(clean(preview.branch, limit=_NAME)),
        Segment(words, role),
        Segment(span(age) if age is not None else "?", right=True),
        Segment(clean(preview.owner or "?", limit=_NAME), "calm"),
        Segment(clean(join_words(preview.services), limit=_NAME)),
        Segment(preview.cost_words, "warn"),
    ]


def _details(preview: Preview, style: Style) -> Iterator[str]:
    if preview.branch_problem:
        yield style.paint(f"   branch: {clean(preview.branch_problem, limit=_LINE)}", "warn")
    for each in preview.stacks:
        for name, url in each.urls:
            yield f"   {clean(f'{each.target.service} {name}: {url}', limit=_LINE)}"
        if each.problem:
            yield style.paint(f"   {clean(f'{each.target.service}: {each.problem}', limit=_LINE)}", "warn")


def up_lines(wanted: PreviewUp, pipeline: Pipeline) -> list[str]:
    """Return what is going to be deployed, and where."""
    aws = pipeline.previews.aws if pipeline.previews else None
    where = f", in account {aws.account}, {aws.region}" if aws else ""
    services = [f"  {service.name}  {short(sha)}" for service, sha in wanted.commits]
    return [clean(f"{wanted.name}: the preview of {wanted.branch}{where}", limit=_LINE), *services]


def removal_lines(planned: Sequence[PreviewRemoval], style: Style, *, empties: bool) -> list[str]:
    """Return what is going to be removed, in that order, with what blocks it and what stays."""
    return [line for each in planned for line in _removal(each, style, empties=empties)]


def _removal(each: PreviewRemoval, style: Style, *, empties: bool) -> Iterator[str]:
    why = f": {each.why}" if each.why else ""
    yield clean(f"{each.preview.name}, the preview of {each.preview.branch}{why}", limit=_LINE)
    for service in each.services:
        target = service.removal.target
        yield clean(f"  {target.stack} in account {target.aws.account}, {target.aws.region}", limit=_LINE)
        for name in service.blocking:
            words = "everything in it is deleted" if empties else "holds something, and blocks the removal"
            yield style.paint(f"    bucket {clean(name, limit=_NAME)}: {words}", "bad")
        if service.kept:
            yield style.paint(f"    stays in the account: {clean(join_words(service.kept), limit=_LINE)}", "warn")


def outcome_lines(outcomes: Sequence[PreviewOutcome], style: Style) -> list[str]:
    """Return what became of each service, with its addresses or its next step below."""
    rows = table([_outcome(each, style) for each in outcomes], style)
    return [line for row, each in zip(rows, outcomes, strict=True) for line in (row, *_below(each, style))]


def _outcome(each: PreviewOutcome, style: Style) -> list[Segment]:
    sign, role, words = _OUTCOMES[each.outcome]
    return [
        Segment(style.sign(sign), role),
        Segment(clean(f"{each.service} {each.stage}", limit=_NAME), "strong"),
        Segment(words, role),
        Segment(short(each.commit) if each.commit else ""),
        Segment(f"run {each.run}" if each.run else "", "calm"),
        Segment(clean(each.reason, limit=_LINE)),
    ]


def _below(each: PreviewOutcome, style: Style) -> Iterator[str]:
    yield from (f"   {clean(f'{name}: {url}', limit=_LINE)}" for name, url in each.urls)
    if each.remedy:
        yield style.paint(f"   next: {clean(each.remedy, limit=_LINE)}", "calm")
