"""Several decisions of one person at once, each recorded by itself: what was written stays, what was not is named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from promote_tui.core.errors import LedgerError, PromoteError
from promote_tui.core.gates.decisions import Decision, DecisionKind, approvals_by_person, ticks_by_item
from promote_tui.core.identity import person
from promote_tui.core.text import join_words, plural
from promote_tui.engine.decisions import record_decision
from promote_tui.engine.planning.gates import decisions_for
from promote_tui.engine.proposed_commits import default_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promote_tui.engine.decisions import DecisionRequest
    from promote_tui.engine.governance import Governance

_WORDS: dict[DecisionKind, tuple[str, str]] = {
    "approve": ("approved", "approved by you already"),
    "check": ("ticked for", "ticked already"),
    "withdraw": ("withdrawn for", "nothing to withdraw"),
}


@dataclass(frozen=True, slots=True)
class DecisionBatch:
    """What became of several decisions of one kind, by service.

    `written` are on record now; `decided_before` are the services for which nothing was left to write; `failed` are
    those for which nothing was written although it was wanted, each with why.
    """

    kind: DecisionKind
    written: tuple[Decision, ...]
    decided_before: tuple[str, ...] = ()
    failed: tuple[tuple[str, PromoteError], ...] = ()

    @property
    def words(self) -> str:
        """What became of them in one line: `approved 2 services as bob; not written: billing (no network)`."""
        done, before = _WORDS[self.kind]
        said = [f"{done} {plural(len(self.written), 'service')} as {self.written[0].who}"] if self.written else []
        said += [f"{before}: {join_words(self.decided_before)}"] if self.decided_before else []
        said += [f"not written: {'; '.join(self._failures())}"] if self.failed else []
        return "; ".join(said)

    def _failures(self) -> Iterator[str]:
        """Yield each cause once, with the services that it is about."""
        by_cause: dict[str, list[str]] = {}
        for service, error in self.failed:
            by_cause.setdefault(error.advice, []).append(service)
        for cause, services in by_cause.items():
            yield f"{join_words(services)} ({cause})"


def record_by_ruling(governance: Governance, wanted: DecisionRequest) -> Decision:
    """Record a decision under the configuration that rules its stage; raises as `Decisions.record` does."""
    governance.service(wanted.service)
    if wanted.stage is not None:
        governance.stage(wanted.stage)
    governance.require_writable(f"{wanted.service}/{wanted.stage}" if wanted.stage else wanted.service)
    ruling = governance.ruling(wanted.service, wanted.stage) if wanted.stage else governance.context
    return record_decision(ruling, wanted)


def record_all(governance: Governance, kind: DecisionKind, wanted: Sequence[DecisionRequest]) -> DecisionBatch:
    """Record decisions of one kind about services in a stage, one by one, without those that were made before.

    One without a revision is about the commit that would be promoted there.
    One that fails leaves the others alone; a ledger that fails ends it, and the rest is named as not written.
    """
    written: list[Decision] = []
    before: list[str] = []
    failed: list[tuple[str, PromoteError]] = []
    for place, each in enumerate(wanted):
        try:
            about = _with_commit(governance, each)
            if _is_decided(governance, about):
                before.append(about.service)
            else:
                written.append(record_by_ruling(governance, about))
        except LedgerError as error:
            failed += [(left.service, error) for left in wanted[place:]]
            break
        except PromoteError as error:
            failed.append((each.service, error))
    return DecisionBatch(kind, tuple(written), tuple(before), tuple(failed))


def _with_commit(governance: Governance, wanted: DecisionRequest) -> DecisionRequest:
    """Return it about the commit that would be promoted, where it names none."""
    if wanted.revision is not None:
        return wanted
    return replace(wanted, revision=default_commit(*governance.governing(wanted.service, wanted.stage or "")))


def _is_decided(governance: Governance, wanted: DecisionRequest) -> bool:
    """Tell whether the ledger holds already what this would write."""
    context, service, stage = governance.governing(wanted.service, wanted.stage or "")
    found = decisions_for(context, service, stage.name, context.graph.resolve(service, wanted.revision or ""))
    if wanted.item:
        given: set[str] = {*ticks_by_item(found, stage.name)}
        sought = wanted.item
    else:
        trusted = context.pipeline.trusted_roles
        given = {*approvals_by_person(found, stage.name, trusted)}
        sought = person(context.identity(service.target(stage.name)).arn, trusted)
    return (sought in given) is not (wanted.kind == "withdraw")
