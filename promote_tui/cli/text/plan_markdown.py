"""Promotions before they happen, as a comment on a pull request: gates, commits and changes of the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.changes import action_sign, change_notes
from promote_tui.cli.text.plan import deployed_words
from promote_tui.core.markdown import escape_comment
from promote_tui.core.text import advice, clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from promote_tui.core.changes.model import ChangeReview, PropertyChange, ResourceChange
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.pipeline import Commit
    from promote_tui.core.parameters.listing import PlannedValue
    from promote_tui.core.planning.plan import Draft, Plan

_COMMITS = 20
_CHANGES = 40
_NAMED = 60
_LONGEST = 24_000
"""Characters of the promotions that are told in full: Bitbucket takes 32,768 in a comment, the others take more."""
_ACTIONS = {"add": "added", "modify": "modified", "replace": "**replaced**", "remove": "**removed**"}


def comment(found: Sequence[tuple[Draft, Plan | None]], now: datetime) -> list[str]:
    """Return the lines of the comment; promotions that do not fit any more are named at its end."""
    stages = ", ".join(dict.fromkeys(_md(draft.target.stage) for draft, _ in found))
    lines, left_out = [f"## promote-tui: plan for {stages}"], []
    for draft, plan in found:
        part = ["", f"### {_headline(draft, plan)}", *_promotion(draft, plan, now)]
        if sum(len(line) + 1 for line in (*lines, *part)) > _LONGEST:
            left_out.append(f"- {_headline(draft, plan)}")
        else:
            lines += part
    return [*lines, *_left_out(left_out)]


def _left_out(promotions: Sequence[str]) -> Iterator[str]:
    if promotions:
        yield from ("", "### Left out, because the comment would be too long", "", *promotions[:_NAMED])
    if len(promotions) > _NAMED:
        yield f"- and {len(promotions) - _NAMED} more"


def _headline(draft: Draft, plan: Plan | None) -> str:
    blocked = sum(not gate.passed for gate in _gates(draft, plan))
    told = f"{plural(blocked, 'gate')} blocked" if blocked else "every gate passes"
    return f"{_md(str(draft.target), 200)}: {told}"


def _gates(draft: Draft, plan: Plan | None) -> tuple[GateResult, ...]:
    return plan.gates if plan else draft.gates


def _promotion(draft: Draft, plan: Plan | None, now: datetime) -> Iterator[str]:
    target = draft.target
    yield from ("", f"- commit: {_commit(draft.commit)}", f"- deployed: {_md(deployed_words(draft, now))}")
    yield f"- stack: {_md(target.stack)}, account {_md(target.aws.account)} ({_md(target.aws.region)})"
    yield from ("", "| gate | | reason |", "| --- | --- | --- |", *(_gate(gate) for gate in _gates(draft, plan)))
    yield from _commits("Deploys", draft.brings)
    yield from _commits("Removes", draft.removes)
    yield from _stack_changes(plan)
    yield from _listed("Parameters and environment", [_value(each) for each in draft.values])
    yield from _listed("Afterwards", [f"{name}: {words}" for name, words in draft.afterwards])


def _value(value: PlannedValue) -> str:
    compared = f": {value.compared_words}" if value.compared_words else ""
    return f"{value.kind} {value.name} ({value.source}){compared}"


def _stack_changes(plan: Plan | None) -> Iterator[str]:
    if plan is None:
        yield from ("", "Not packaged: a gate is blocked. What would change in the stack is unknown.")
        return
    yield from _changes(plan.review)
    if plan.way_back is not None:
        yield from ("", f"Way back: {_md(plan.way_back.words)}")
    yield from _listed("Checkout", plan.warnings)


def _gate(gate: GateResult) -> str:
    if gate.passed:
        return f"| {_md(gate.name)} | {'warning' if gate.warns else 'passed'} | {_md(gate.reason)} |"
    return f"| {_md(gate.name)} | **blocked** | {_md(advice(gate.reason, gate.remedy))} |"


def _commits(verb: str, commits: Sequence[Commit]) -> Iterator[str]:
    if not commits:
        return
    yield from ("", f"#### {verb} {plural(len(commits), 'commit')}", "")
    yield from (f"- {_commit(commit)}" for commit in commits[:_COMMITS])
    if len(commits) > _COMMITS:
        yield f"- and {len(commits) - _COMMITS} more"


def _commit(commit: Commit) -> str:
    return f"`{commit.short}` {_md(commit.subject, 72)} ({_md(commit.author, 60)})"


def _changes(review: ChangeReview) -> Iterator[str]:
    yield from ("", "#### Infrastructure", "")
    yield from (f"- {_md(f'predicted: {words}')}" for words in [review.predicted] if words)
    about = (review.unknown, *review.warnings, review.without_resources, *review.other_folded)
    yield from (f"- {_md(words)}" for words in about if words)
    if review.exports:
        yield f"- exports removed: {_md(', '.join(each.name for each in review.exports))}"
    if review.changes:
        yield from ("", "| resource | | what changes |", "| --- | --- | --- |")
        yield from (_change(each) for each in review.changes[:_CHANGES])
    if len(review.changes) > _CHANGES:
        yield f"| and {len(review.changes) - _CHANGES} more | | |"


def _change(change: ResourceChange) -> str:
    words = "; ".join((*(_property(each) for each in change.properties), *change_notes(change)))
    done = "**may be replaced**" if change.replacement == "conditional" else _ACTIONS[action_sign(change)[0]]
    data = ", **holds data**" if change.loses_data else ""
    return f"| {_md(change.logical_id)} ({_md(change.resource_type)}) | {done}{data} | {_md(words)} |"


def _property(change: PropertyChange) -> str:
    if change.before is None or change.after is None:
        return f"{change.path} changed"
    return f"{change.path} from {change.before or 'none'} to {change.after or 'none'}"


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"#### {title}", "", *(f"- {_md(words)}" for words in lines))


def _md(text: str, limit: int = 500) -> str:
    return escape_comment(clean(text, limit=limit))
