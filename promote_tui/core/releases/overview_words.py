"""The summary of a release in words, the same ones on every screen, on the command line and in a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from promote_tui.core.releases.durations import describe_work
from promote_tui.core.text import list_first, plural
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.core.gates.model import Opener
    from promote_tui.core.releases.overview import BlockedGateGroup, MemberChange, ReleaseSummary, ServiceNote

Concern: TypeAlias = Literal["none", "attention", "danger"]
_OPENERS: dict[Opener, str] = {
    "another commit": "only another commit unblocks it",
    "person": "a person unblocks it",
    "time": "passes with time",
}


class SummaryRow(Value):
    """One line of a release's summary: what it is about, the words, and how much a person should be concerned."""

    name: str
    words: str
    concern: Concern = "none"


def summary_rows(summary: ReleaseSummary) -> tuple[SummaryRow, ...]:
    """Return the summary line by line, what every release has first."""
    return (*_what(summary), *_risks(summary), *_gates(summary), *_how(summary), *_without(summary))


def _what(summary: ReleaseSummary) -> Iterator[SummaryRow]:
    waves = plural(len(summary.waves), "wave")
    yield SummaryRow("services", f"{summary.services} in {waves}")
    by = f" by {list_first(summary.authors)}" if summary.authors else ""
    yield SummaryRow("commits", f"{summary.commits}{by}")
    yield SummaryRow("resources", f"{summary.added} added, {summary.modified} modified, {summary.removed} removed")


def _risks(summary: ReleaseSummary) -> Iterator[SummaryRow]:
    if summary.removes:
        yield SummaryRow("removes", _said(summary.removes), "attention")
    if summary.replacements:
        yield SummaryRow("replacements", _changes(summary.replacements), "attention")
    if summary.losses:
        yield SummaryRow("data at risk", _changes(summary.losses), "danger")
    if summary.unknown:
        yield SummaryRow("unknown", _said(summary.unknown), "attention")
    if summary.problems:
        yield SummaryRow("no plan", _said(summary.problems), "danger")
    if summary.unreviewed:
        yield SummaryRow("not reviewed", list_first(summary.unreviewed), "attention")


def _gates(summary: ReleaseSummary) -> Iterator[SummaryRow]:
    yield from (SummaryRow("blocked", describe_group(group), "danger") for group in summary.blocked)
    if summary.approvals_missing:
        yield SummaryRow("approvals", f"missing for {list_first(summary.approvals_missing)}", "attention")


def describe_group(group: BlockedGateGroup) -> str:
    """Return `soak for orders and web (passes with time): 2h of 4h`: with the reason of the first service."""
    can = ", or an override with a reason" if group.overridable else ""
    services = list_first(group.services)
    return f"{group.name} for {services} ({_OPENERS[group.opened_by]}{can}): {group.blocked[0].gate.reason}"


def _how(summary: ReleaseSummary) -> Iterator[SummaryRow]:
    guessed = f"; {plural(len(summary.assumed), 'service')} without a run on record" if summary.assumed else ""
    work = describe_work(summary.expected_seconds)
    if work:
        yield SummaryRow("expected", f"{work}{guessed}")
    safe = f"safe for {len(summary.safe)} of {plural(summary.services, 'service')}"
    said = list_first([f"{each.service} ({each.words})" for each in summary.one_way])
    one_way = f"; one-way: {said}" if said else ""
    yield SummaryRow("rollback", f"{safe}{one_way}", "attention" if one_way else "none")


def _without(summary: ReleaseSummary) -> Iterator[SummaryRow]:
    if summary.unchanged:
        yield SummaryRow("unchanged", f"{plural(len(summary.unchanged), 'service')} left out, already there")
    for each in summary.left_out:
        yield SummaryRow("left out", f"{each.service}: {each.reason}", "attention")


def _changes(changes: Sequence[MemberChange]) -> str:
    return list_first([f"{each.service} {each.change.logical_id}" for each in changes])


def _said(notes: Sequence[ServiceNote]) -> str:
    return list_first([f"{each.service}: {each.words}" for each in notes])
