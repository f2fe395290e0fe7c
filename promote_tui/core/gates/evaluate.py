"""All gates of a promotion together: those of every promotion, those of a team's rules, and what may be overridden.

Three kinds of promotion ask for different gates: a hotfix may leave out stages that it names and wants one approval
more; a rollback goes to code that was verified in the stage itself, and time, order and checks do not hold it up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promote_tui.core.gates import team
from promote_tui.core.gates.builtin import Facts, GateResult, Opener, evaluate
from promote_tui.core.gates.team import Circumstances, Context
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.events import Kind
from promote_tui.core.runs.verification import NotHere, NothingOnRecord, Observed, VerifiedBy

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.runs.verification import Here

NAMES = {"same_artifact": "same artifact"}
"""What a gate is called in results, where the configuration and the command line write it otherwise."""


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word to go on although a gate is closed, and why; `gate` is as the configuration writes it."""

    gate: str
    reason: str


def make_override(gate: GateResult, reason: str) -> Override:
    """Return a person's word for a gate, under the name that the configuration has for it."""
    written = {result: name for name, result in NAMES.items()}
    return Override(written.get(gate.name, gate.name), reason)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a person wants to promote.

    `skipped` are stages that a hotfix leaves out: the facts are then those of the stage before them. `after` is the run
    whose failure a rollback answers by itself: it was confirmed, and approved, together with that run.
    `break_glass` is a rollback while the team's ledger is out of reach: what it would say is passed over and told.
    """

    kind: Kind = "normal"
    skipped: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    after: str = ""
    break_glass: bool = False


NORMAL = Terms()
"""As most promotions are."""


def decide(facts: Facts, rules: Rules, it: Circumstances, terms: Terms, here: Here | None) -> tuple[GateResult, ...]:
    """Return every gate's result in the order in which people think of them; overridden ones say so.

    `here` is whether the code is verified in the stage itself: only a rollback asks.
    """
    context = Context(
        _rules(rules, terms),
        it,
        facts.target.service,
        facts.stage.name,
        facts.commit,
        facts.verification,
        facts.containing,
    )
    ruled = [_for_later(result) for gate in _asked(terms) for result in gate(context)]
    results = [*_common(facts, terms, here), *ruled]
    found = [_overridden(result, rules, terms) for result in results]
    return tuple(found) if not terms.break_glass else (_GLASS, *map(_unread, found))


def _for_later(result: GateResult) -> GateResult:
    """Return a rule's result: whatever keeps it closed, but a veto, forbids nobody to look at the package."""
    return replace(result, later=not result.passed and result.name != "veto")


def _rules(rules: Rules, terms: Terms) -> Rules:
    """Return the rules of a hotfix: one approval more."""
    if terms.kind != "hotfix":
        return rules
    asked = rules.approvals or Approvals(0)
    return replace(rules, approvals=replace(asked, count=asked.count + 1))


def _common(facts: Facts, terms: Terms, here: Here | None) -> list[GateResult]:
    results = list(evaluate(facts))
    match terms.kind:
        case "rollback":
            kept = [each for each in results if each.name not in {"stage order", "branch", "same artifact"}]
            return [_verified_here(facts, here), *kept]
        case "hotfix" if terms.skipped:
            words = f"a hotfix that leaves out {' and '.join(terms.skipped)}; {results[0].reason}"
            return [replace(results[0], reason=words, warns=results[0].passed), *results[1:]]
        case _:
            return results


def _verified_here(facts: Facts, here: Here | None) -> GateResult:
    name, stage = "verified here", facts.stage.name
    match here:
        case VerifiedBy(run=run):
            return GateResult(name, passed=True, reason=f"verified in {stage} by run {run}")
        case Observed(since=None):
            return GateResult(name, passed=True, reason=f"it ran in {stage} before anything was on record")
        case Observed():
            return GateResult(name, passed=True, reason=f"it runs in {stage} now")
        case NothingOnRecord(beside=beside):
            words = f"nothing {'else ' if beside else ''}is on record as verified in {stage}"
            unknown = f"{words}: whether it ran well there is unknown"
            return GateResult(name, passed=True, warns=True, reason=unknown)
        case _:
            reason = here.reason if here else f"whether it was verified in {stage} is not known"
            remedy, step = _instead(facts, here)
            opener: Opener = "person" if step.deed == "adopt" else "another commit"
            return GateResult(name, passed=False, reason=reason, remedy=remedy, step=step, opened_by=opener)


def _instead(facts: Facts, here: Here | None) -> tuple[str, NextStep]:
    """Return what leads back where this code does not: it is a command, and a key."""
    service, stage = facts.target.service, facts.stage.name
    back = f"promote-tui rollback {service} --stage {stage}"
    match here:
        case NotHere(instead="adopt"):
            return f"promote-tui adopt {service} {stage} --commit REV", NextStep("adopt", (stage,))
        case NotHere(instead="older"):
            return f"{back} --commit REV, older than what runs there", NextStep("older")
        case _:
            return back, NextStep("choose", (stage,))


def _held_lightly(context: Context) -> tuple[GateResult, ...]:
    """A hold is there to keep new code away: a rollback goes on, and says so."""
    return tuple(
        replace(each, passed=True, warns=True, remedy="", step=None, opens_at=None) for each in team.held(context)
    )


def _policed_lightly(context: Context) -> tuple[GateResult, ...]:
    """A policy that has changed since it was fetched keeps nobody from going back, and is told."""
    return tuple(
        replace(each, passed=True, warns=each.warns or not each.passed, remedy="", step=None)
        for each in team.policed(context)
    )


_ALWAYS: tuple[Callable[[Context], tuple[GateResult, ...]], ...] = (
    team.policed,
    team.disturbed,
    team.readable,
    team.vetoed,
    team.held,
)
_NORMAL = (
    *_ALWAYS,
    team.soaked,
    team.unfrozen,
    team.signed,
    team.pushed,
    team.checked,
    team.listed,
    team.calm,
    team.approved,
)
_ASKED: dict[Kind, tuple[Callable[[Context], tuple[GateResult, ...]], ...]] = {
    "normal": _NORMAL,
    "hotfix": _NORMAL,
    "rollback": (
        _policed_lightly,
        team.disturbed,
        team.readable,
        team.vetoed,
        _held_lightly,
        team.approved,
    ),
}


_GLASS = GateResult(
    "break glass",
    passed=True,
    warns=True,
    reason="the team's ledger is out of reach: nobody else's lock, hold or veto is known here",
)
_ON_RECORD = {"verified here", "approvals"}
"""Gates that stand on what only the team's ledger knows."""


def _unread(result: GateResult) -> GateResult:
    """Return a gate that stands on the record, open: that was typed for."""
    if result.name not in _ON_RECORD or result.passed:
        return result
    return replace(
        result, passed=True, warns=True, reason="not known without the team's ledger", remedy="", step=None, later=False
    )


def _asked(terms: Terms) -> tuple[Callable[[Context], tuple[GateResult, ...]], ...]:
    asked = _ASKED[terms.kind]
    return asked if not terms.after else tuple(gate for gate in asked if gate is not team.approved)


def _overridden(result: GateResult, rules: Rules, terms: Terms) -> GateResult:
    """Return the result, open where a person may pass it over and does."""
    names = {NAMES.get(each, each) for each in rules.overridable}
    may = replace(result, overridable=result.name in names)
    given = next((each for each in terms.overrides if NAMES.get(each.gate, each.gate) == result.name), None)
    if may.passed or given is None or not may.overridable:
        return may
    reason = f"overridden: {given.reason}; {may.reason}"
    opened = replace(may, passed=True, warns=True, reason=reason, overridden=given.reason)
    return replace(opened, remedy="", step=None, opens_at=None, later=False)
