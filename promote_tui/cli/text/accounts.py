"""The accounts as text: a line for each, then what is wrong and what was not checked, each with its next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.style import Segment, Style, table
from promote_tui.core.text import clean, join_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.organization.facts import StageAccount
    from promote_tui.core.organization.report import AccountRow, AccountsReport

_NAME, _LINE = 60, 400
_ACTIVE = "active"


def account_lines(report: AccountsReport, style: Style) -> list[str]:
    """Return the accounts, what is wrong with them, and what was not checked."""
    rows = table([_row(row, report) for row in report.accounts], style)
    trouble = [*_findings(report, style), *_not_checked(report, style)]
    fine = style.paint(f"{style.sign('passed')} nothing is wrong with these accounts", "good")
    return [*rows, "", *(trouble or [fine])]


def _row(row: AccountRow, report: AccountsReport) -> list[Segment]:
    state = row.state or ("not in the organization" if report.was_read else "not checked")
    return [
        Segment(clean(row.name or "?", limit=_NAME), "strong"),
        Segment(clean(row.account, limit=_NAME)),
        Segment(clean(state, limit=_NAME), "calm" if state == _ACTIVE else "warn"),
        Segment(clean(", ".join(_uses(row)) or "no stage", limit=_LINE)),
    ]


def _uses(row: AccountRow) -> Iterator[str]:
    yield from (_place(place) for place in row.stages)
    yield from row.used_for
    deployed = {place.stage for place in row.stages}
    yield from (f"{stage} by its rule" for stage in row.given_to if stage not in deployed)
    if row.is_ignored:
        yield "ignored"


def _place(place: StageAccount) -> str:
    return f"{place.stage} ({join_words(place.services)})" if place.services else place.stage


def _findings(report: AccountsReport, style: Style) -> Iterator[str]:
    for found in report.findings:
        own = f" ({join_words(found.services)})" if found.services else ""
        subject = f"{join_words(found.stages)}{own}" if found.stages else "no stage"
        yield _line(Segment(style.sign("failed"), "bad"), subject, found.reason, style)
        yield _next_step(found.remedy, style)


def _not_checked(report: AccountsReport, style: Style) -> Iterator[str]:
    for missing in report.not_checked:
        reason = f"not checked: {missing.reason}"
        yield _line(Segment(style.sign("attention"), "warn"), missing.subject, reason, style)
        if missing.remedy:
            yield _next_step(missing.remedy, style)


def _line(sign: Segment, subject: str, reason: str, style: Style) -> str:
    """Return one trouble in a line, which stands alone: no column is aligned with those of others."""
    return table([[sign, Segment(clean(subject, limit=_NAME), "strong"), Segment(clean(reason, limit=_LINE))]], style)[
        0
    ]


def _next_step(remedy: str, style: Style) -> str:
    return style.paint(f"   next: {clean(remedy, limit=_LINE)}", "calm")
