"""How a commit came to a stage, in sentences that people read; unknown is said as unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from promote_tui.core.durations import utc_minute
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.gates.sign_off import ApprovalsGate
from promote_tui.core.model.cells import Deployed, InProgress, Never
from promote_tui.core.runs.adoption import describe_basis
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.runs.stack_record import arrived_at
from promote_tui.core.stacks.cells import unknown_words
from promote_tui.core.text import plural, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promote_tui.core.history.provenance import LaterEvent, LaterKind, Provenance
    from promote_tui.core.model.cells import Cell

_DIGEST = 12
"""Characters of a fingerprint: enough to compare, as `runs show` has it."""


def describe_provenance(found: Provenance) -> tuple[str, ...]:
    """Return the sentences, one thing each."""
    return tuple(_sentences(found))


def _sentences(found: Provenance) -> Iterator[str]:
    yield _what_runs(found)
    run = found.run
    if run is None:
        return
    yield _who_brought(run)
    if run.planned.release:
        yield f"It was part of release {run.planned.release}."
    if found.origin is not None:
        yield _external(found.origin)
    yield from _kind_words(found, run)
    yield from _signed_off(found, run)
    yield from (f"The gate {each.gate} was overridden: {each.reason}." for each in run.planned.overrides)
    yield from _plan_words(run)
    yield from _proof_words(run)
    yield from (_later_words(each) for each in found.later)


def _what_runs(found: Provenance) -> str:
    record, where = found.record, str(found.target)
    when, runs = ("", "runs") if found.is_now else (f" at {utc_minute(found.at)}", "ran")
    if record.commit is None:
        return f"By the record, nothing {runs} in {where}{when}."
    if found.cell is not None and not record.commit:
        return _by_stack(found, found.cell)
    if not record.commit:
        return f"It is unknown what {runs} in {where}{when}: {record.unknown}."
    what = f"By the record, {where} {runs} {short(record.commit)}"
    if record.brought is None:
        return f"{what}{when}; {record.unknown}."
    subject = f' "{record.brought.planned.subject}"' if record.brought.planned.subject else ""
    return f"{what}{subject}{when}, since {utc_minute(arrived_at(record.brought))}."


def _by_stack(found: Provenance, cell: Cell) -> str:
    """Return what a stage runs by its stack, and that nobody knows how it came there."""
    where, unknown = str(found.target), found.record.unknown
    match cell:
        case Deployed(commit=commit):
            return f"By its stack, {where} runs {short(commit)}; how it came there is unknown: {unknown}."
        case Never():
            return f"By its stack, nothing runs in {where}; {unknown}."
        case InProgress(was=str(was)):
            ran = f"{where} ran {short(was)}"
            return f"By its stack, which is being updated, {ran}; how it came there is unknown: {unknown}."
        case _:
            why = unknown_words(cell) or "its first deploy is at work"
            return f"It is unknown what runs in {where}: {unknown}, and {why}."


def _who_brought(run: Run) -> str:
    because = f": {run.planned.reason}" if run.planned.reason else ""
    return f"{_act(run)} on {utc_minute(run.started_at)}, in run {run.id}{because}."


def _act(run: Run) -> str:
    who, to = run.promoter_words, short(run.to_commit) or "a commit that the stack does not name"
    match run.kind:
        case "foreign":
            return f"{who} brought it outside of promote-tui"
        case "adopted":
            return f"{who} adopted it, {describe_basis(run)}"
        case "rollback":
            return f"{who} rolled back to it{_from(run)}"
        case _ if run.from_commit and run.from_commit == run.to_commit:
            return f"{who} deployed {to} again"
        case _:
            return f"{who} promoted it{_from(run)}"


def _from(run: Run) -> str:
    if run.from_commit is None:
        return ", the first there"
    return f" from {short(run.from_commit)}" if run.from_commit else " from a stack that named no commit"


def _external(run: Run) -> str:
    when = utc_minute(run.started_at)
    return f"Before that, {run.planned.who} updated the stack outside of promote-tui on {when} (run {run.id})."


def _kind_words(found: Provenance, run: Run) -> Iterator[str]:
    if run.kind == "hotfix":
        yield f"It was {found.skipped}." if found.skipped else "It was a hotfix that skipped no stage."
    if found.is_break_glass:
        yield "It was rolled back with --break-glass: locks, holds and vetoes of others were unknown."


def _signed_off(found: Provenance, run: Run) -> Iterator[str]:
    yield from (f"{each.who} approved it on {utc_minute(each.at)}{_because(each)}." for each in found.approvals)
    if not found.approvals and not run.has_no_deploy:
        asked = next((gate for gate in run.gates if gate.name == ApprovalsGate.name), None)
        yield f"Of approvals its record says: {asked.reason}." if asked else "No approval was asked for."
    for each in found.ticks:
        by = f"{each.on_behalf}, reported by {each.who}" if each.on_behalf else each.who
        evidence = f": {each.evidence}" if each.evidence else _because(each)
        yield f'"{each.item}" was ticked by {by} on {utc_minute(each.at)}{evidence}.'
    for each in found.checks:
        yield f"{each.item} {'passed' if each.passed else 'failed'} on it on {utc_minute(each.at)}."


def _because(decision: Decision) -> str:
    return f": {decision.reason}" if decision.reason else ""


def _plan_words(run: Run) -> Iterator[str]:
    if not run.planned.fingerprint:
        return
    policy = f", by the rules of {run.planned.policy}" if run.planned.policy else ""
    passed = sum(gate.passed for gate in run.gates)
    gates = f"; under its lock {passed} of {plural(len(run.gates), 'gate')} passed" if run.gates else ""
    yield f"Its plan has the fingerprint {run.planned.fingerprint[:_DIGEST]}{policy}{gates}."


def _proof_words(run: Run) -> Iterator[str]:
    if run.has_no_deploy:
        return
    seen, parts = run.observed, []
    if seen is not None and seen.stack_status:
        parts.append(f"the stack was {seen.stack_status} and named {short(seen.commit or '') or 'no commit'}")
    if run.smoke_test is not None:
        tries = f" ({run.smoke_test.tries} tries)" if run.smoke_test.tries > 1 else ""
        parts.append(f"the smoke test {_passed(run.smoke_test.passed)}{tries}: {run.smoke_test.reason}")
    if run.alarm_watch is not None:
        parts.append(f"the bake {_passed(run.alarm_watch.passed)}: {run.alarm_watch.reason}")
    if run.smoke_test is None and run.alarm_watch is None:
        parts.append("no smoke test and no bake are on record")
    yield f"Proof: {'; '.join(parts)}."
    if run.unproved:
        yield f"It was not proved: {run.cause}."
    elif run.outcome is Outcome.PENDING:
        yield "It has not been proved yet."


def _passed(passed: bool) -> str:  # noqa: FBT001 - the answer itself
    return "passed" if passed else "failed"


def _later_words(event: LaterEvent) -> str:
    when = utc_minute(event.at)
    match event.cause:
        case Run() as run:
            return f"{_ran(event, run)} on {when} (run {run.id}){_ended(run)}."
        case Decision() as decision:
            until = f", until {utc_minute(decision.expires_at)}" if decision.expires_at else ""
            return f"{decision.who} {_DECIDED[event.kind]} on {when}{until}{_because(decision)}."
        case _:
            assert_never(event.cause)


_DECIDED: Mapping[LaterKind, str] = {
    "held": "put the stage on hold",
    "lifted": "lifted the hold",
    "vetoed": "vetoed the commit",
}
_RAN: Mapping[LaterKind, str] = {
    "running": "began to deploy {}, which has not ended,",
    "attempted": "tried {}, which did not replace it,",
    "rolled_back": "rolled back to {}",
    "external": "brought {} outside of promote-tui",
    "adopted": "adopted {}",
    "redeployed": "deployed {} again",
    "replaced": "replaced it by {}",
}


def _ran(event: LaterEvent, run: Run) -> str:
    to = short(run.to_commit) or "a commit that the stack does not name"
    return f"{run.promoter_words} {_RAN[event.kind].format(to)}"


def _ended(run: Run) -> str:
    why = run.cause or run.planned.reason
    return f": {why}" if why else ""
