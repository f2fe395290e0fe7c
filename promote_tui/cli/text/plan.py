"""A promotion before it happens, as text: the commits that it brings and takes, and its gates."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from promote_tui.cli.text.changes import change_lines
from promote_tui.cli.text.status import commit_segments
from promote_tui.cli.text.style import Segment, Style, table
from promote_tui.core.durations import age
from promote_tui.core.model.cells import Halfway, Never, Unreachable, Unreported, commit_of
from promote_tui.core.planning import rollback_risks
from promote_tui.core.text import advice, clean, plural, short

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.pipeline import Commit, FileChange, Target
    from promote_tui.core.parameters.listing import PlannedValue
    from promote_tui.core.planning.plan import Draft, Plan

_COMMITS = 30
_FILES = 20
_COMMAND = 20_000


def headline(draft: Draft, style: Style) -> str:
    """Return the promotion in a line."""
    where = target_words(draft.target, style)
    return f"{style.paint(where, 'strong')}: {draft.commit.short} {clean(draft.commit.subject, limit=72)}"


def target_words(target: Target, style: Style) -> str:
    """Return `orders → prod`."""
    return clean(f"{target.service} {style.sign('arrow')} {target.stage}")


def review_lines(draft: Draft, plan: Plan | None, style: Style, now: datetime) -> list[str]:
    """Return the whole review; without a plan the gates are the draft's, and there is no command."""
    gates = plan.gates if plan else draft.gates
    command = _section("Command", [f"  {clean(shlex.join(plan.command), limit=_COMMAND)}"], style) if plan else []
    return [
        style.paint(target_words(draft.target, style), "strong"),
        *table(_facts(draft, now), style),
        *_commits("Deploys", draft.brings, Segment("  +", "good"), style, now),
        *_commits("Removes", draft.removes, Segment("  -", "warn"), style, now),
        *_files(draft.files, style),
        *(_warnings(plan.warnings, style) if plan else ()),
        *(change_lines(plan.review, style) if plan else ()),
        *_going_back(draft, plan, style),
        *_way_back(plan, style),
        *_values(draft, style),
        *_section("Gates", table([gate_segments(gate, style) for gate in gates], style), style),
        *_afterwards(draft, style),
        *command,
    ]


def _warnings(warnings: Sequence[str], style: Style) -> list[str]:
    """Return where the checkout is not what a team has, a line each."""
    rows = [[Segment(f"  {style.sign('attention')}", "warn"), Segment(clean(words, limit=500))] for words in warnings]
    return _section("Checkout", table(rows, style), style) if rows else []


def _going_back(draft: Draft, plan: Plan | None, style: Style) -> list[str]:
    """Return what a rollback would do beyond the code."""
    if draft.options.kind != "rollback":
        return []
    rows = (
        [
            (
                "keeps",
                rollback_risks.stateful_changes(plan.review),
                bool(plan.review.replaced_data or plan.review.removed_data),
            )
        ]
        if plan
        else []
    )
    told = rollback_risks.describe_migrations(draft)
    rows.append(("migrations", told or "none changed in between", bool(told)))
    spans = [
        [Segment(f"  {name}"), Segment(clean(words, limit=500), "warn" if bad else "plain")]
        for name, words, bad in rows
    ]
    return _section("Rollback", table(spans, style), style)


def _way_back(plan: Plan | None, style: Style) -> list[str]:
    if plan is None or plan.way_back is None:
        return []
    bad = plan.way_back.kind in {"one-way", "unknown"}
    words = style.paint(clean(plan.way_back.words, limit=500), "warn" if bad else "plain")
    return _section("Way back", [f"  {words}"], style)


def _values(draft: Draft, style: Style) -> list[str]:
    """Return the values that the deploy is given, by name and source; of none the value."""
    rows = [
        [Segment(f"  {each.kind}", "calm"), Segment(clean(each.name)), Segment(clean(each.source)), _compared(each)]
        for each in draft.values
    ]
    return _section("Parameters and environment", table(rows, style), style) if rows else []


def _compared(value: PlannedValue) -> Segment:
    return Segment(value.compared_words, "warn" if value.compared in {"added", "absent"} else "calm")


def _afterwards(draft: Draft, style: Style) -> list[str]:
    rows = [[Segment(f"  {clean(name)}"), Segment(clean(words, limit=500))] for name, words in draft.afterwards]
    return _section("Afterwards", table(rows, style), style) if rows else []


def _facts(draft: Draft, now: datetime) -> list[list[Segment]]:
    target = draft.target
    account = f"{target.aws.account} ({target.aws.region})"
    rows = (
        ("stack", target.stack),
        ("account", account),
        ("commit", _told(draft.commit, now)),
        ("deployed", deployed_words(draft, now)),
    )
    return [[Segment(f"  {name}", "calm"), Segment(clean(value))] for name, value in rows]


def _told(commit: Commit, now: datetime) -> str:
    return f"{commit.short} {clean(commit.subject, limit=72)} ({commit.author}, {age(commit.authored_at, now)})"


def deployed_words(draft: Draft, now: datetime) -> str:
    """Return what the stage runs, or why that is unknown."""
    if draft.deployed:
        return _told(draft.deployed, now)
    commit = commit_of(draft.cell)
    if commit:
        return f"{short(commit)}, which is not in this clone: the changes are unknown"
    if isinstance(draft.cell, Never):
        return "nothing yet"
    if isinstance(draft.cell, Unreported) and draft.cell.says:
        return draft.cell.reason
    if isinstance(draft.cell, Halfway):
        return str(draft.cell.between)
    return "unknown" if isinstance(draft.cell, Unreachable) else "the stack does not say"


def _commits(verb: str, commits: Sequence[Commit], mark: Segment, style: Style, now: datetime) -> list[str]:
    if not commits:
        return []
    rows = [[mark, *commit_segments(commit, now)] for commit in commits[:_COMMITS]]
    title = f"{verb} {plural(len(commits), 'commit')}"
    return _section(title, [*table(rows, style), *_more(len(commits) - _COMMITS)], style)


def _files(files: Sequence[FileChange], style: Style) -> list[str]:
    if not files:
        return []
    listed = [f"  {clean(change.status, limit=1)} {clean(change.path, limit=200)}" for change in files[:_FILES]]
    return _section(plural(len(files), "file") + " changed", [*listed, *_more(len(files) - _FILES)], style)


def _more(count: int) -> list[str]:
    return [f"  and {count} more"] if count > 0 else []


def _section(title: str, lines: Sequence[str], style: Style) -> list[str]:
    return ["", style.paint(title, "strong"), *lines]


def gate_segments(gate: GateResult, style: Style) -> list[Segment]:
    """Return a gate as columns: sign, name, reason with what to do about it."""
    if gate.warns:
        return [
            Segment(f"  {style.sign('attention')}", "warn"),
            Segment(clean(gate.name)),
            Segment(clean(gate.reason), "warn"),
        ]
    if gate.passed:
        return [Segment(f"  {style.sign('passed')}", "good"), Segment(clean(gate.name)), Segment(clean(gate.reason))]
    told = advice(gate.reason, gate.remedy)
    return [Segment(f"  {style.sign('failed')}", "bad"), Segment(clean(gate.name)), Segment(clean(told), "bad")]
