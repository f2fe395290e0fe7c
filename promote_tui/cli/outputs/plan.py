"""`plan --json`: what promotions would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli import cell_words
from promote_tui.cli.outputs.base import Output, clean_text, clean_texts, nullable_text, text_or_null
from promote_tui.cli.outputs.commits import CommitOutput
from promote_tui.core.changes.model import ChangeAction, ChangeReview, PropertyChange, Replacement, ResourceChange
from promote_tui.core.model.cells import commit_of
from promote_tui.core.package.artifact_diff import Comparison, Sameness
from promote_tui.core.parameters.listing import ValueComparison, ValueKind
from promote_tui.core.runs.way_back import WayBackKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.parameters.listing import PlannedValue
    from promote_tui.core.planning.plan import Draft, Plan
    from promote_tui.core.runs.way_back import WayBack


class FileOutput(Output, frozen=True):
    """A changed file; `status` is git's letter."""

    status: str
    path: str


class ArtifactOutput(Output, frozen=True):
    """How the code compares with that of the stage before; `functions` are those that differ."""

    verdict: Sameness
    reason: str
    functions: tuple[str, ...]

    @classmethod
    def of(cls, found: Comparison) -> Self:
        """Return the wire form of a comparison."""
        return cls(found.sameness, clean_text(found.reason), clean_texts(found.functions))


class PropertyOutput(Output, frozen=True):
    """A changed property; a value that may not be shown is null."""

    path: str
    before: str | None
    after: str | None

    @classmethod
    def of(cls, change: PropertyChange) -> Self:
        """Return the wire form of a changed property."""
        return cls(clean_text(change.path), nullable_text(change.before), nullable_text(change.after))


class ChangeOutput(Output, frozen=True):
    """A resource that the deploy changes."""

    logical_id: str
    type: str
    action: ChangeAction
    replacement: Replacement
    holds_data: bool
    predicted: bool
    kept: bool
    properties: tuple[PropertyOutput, ...]
    notes: tuple[str, ...]
    origins: tuple[str, ...]
    overwrites: tuple[str, ...]

    @classmethod
    def of(cls, change: ResourceChange) -> Self:
        """Return the wire form of a changed resource."""
        return cls(
            logical_id=clean_text(change.logical_id),
            type=clean_text(change.resource_type),
            action=change.action,
            replacement=change.replacement,
            holds_data=change.holds_data,
            predicted=change.predicted,
            kept=change.kept,
            properties=tuple(PropertyOutput.of(each) for each in change.properties),
            notes=clean_texts(change.notes),
            origins=tuple(commit.sha for commit in change.origins),
            overwrites=clean_texts(change.overwrites),
        )


class ExportOutput(Output, frozen=True):
    """An export that the stack would no longer have; `importers` is null where that could not be asked."""

    name: str
    importers: tuple[str, ...] | None


class ReviewOutput(Output, frozen=True):
    """What is said of the changes as a whole."""

    predicted: str | None
    unknown: str | None
    folded: tuple[str, ...]
    warnings: tuple[str, ...]
    exports: tuple[ExportOutput, ...]

    @classmethod
    def of(cls, found: ChangeReview) -> Self:
        """Return the wire form of a review but its single changes."""
        exports = (
            ExportOutput(clean_text(each.name), None if each.importers is None else clean_texts(each.importers))
            for each in found.exports
        )
        return cls(
            text_or_null(found.predicted),
            text_or_null(found.unknown),
            clean_texts(found.folded),
            clean_texts(found.warnings),
            tuple(exports),
        )


class GateOutput(Output, frozen=True):
    """What a gate says."""

    name: str
    passed: bool
    reason: str
    overridable: bool

    @classmethod
    def of(cls, gate: GateResult) -> Self:
        """Return the wire form of a gate."""
        return cls(gate.name, gate.passed, clean_text(gate.reason), gate.overridable)


class AfterwardsOutput(Output, frozen=True):
    """What happens after the deploy, such as a smoke test."""

    name: str
    what: str


class WayBackOutput(Output, frozen=True):
    """How the stage would get back from the promotion; `seconds` is what a deploy there usually takes."""

    kind: WayBackKind
    commit: str | None
    reason: str | None
    seconds: float | None

    @classmethod
    def of(cls, found: WayBack) -> Self:
        """Return the wire form of a way back."""
        return cls(found.kind, text_or_null(found.commit), text_or_null(found.reason), found.seconds)


class ValueOutput(Output, frozen=True):
    """A value that the deploy is given, without the value; `compared` is with the stage before."""

    kind: ValueKind
    name: str
    source: str
    compared: ValueComparison

    @classmethod
    def of(cls, value: PlannedValue) -> Self:
        """Return the wire form of a planned value."""
        return cls(value.kind, value.name, clean_text(value.source), value.compared)


class PromotionOutput(Output, frozen=True):
    """One promotion; `fingerprint` is null where a blocked gate forbids packaging."""

    service: str
    stage: str
    account: str
    region: str
    commit: str
    deployed: str | None
    deployed_named: str | None
    fingerprint: str | None
    commits: tuple[CommitOutput, ...]
    files: tuple[FileOutput, ...]
    artifact: ArtifactOutput | None
    changes: tuple[ChangeOutput, ...]
    review: ReviewOutput | None
    warnings: tuple[str, ...]
    gates: tuple[GateOutput, ...]
    way_back: WayBackOutput | None
    values: tuple[ValueOutput, ...]
    afterwards: tuple[AfterwardsOutput, ...]
    ready: bool

    @classmethod
    def of(cls, draft: Draft, made: Plan | None) -> Self:
        """Return the wire form of a draft, and of its plan where it was packaged."""
        target = draft.target
        return cls(
            service=target.service,
            stage=target.stage,
            account=target.aws.account,
            region=target.aws.region,
            commit=draft.commit.sha,
            deployed=text_or_null(commit_of(draft.cell)),
            deployed_named=text_or_null(cell_words.stack_commit_name(draft.cell)),
            fingerprint=made.fingerprint.digest if made else None,
            commits=tuple(CommitOutput.of(commit) for commit in draft.brings),
            files=tuple(FileOutput(change.status, clean_text(change.path)) for change in draft.files),
            artifact=ArtifactOutput.of(made.artifact) if made and made.artifact else None,
            changes=tuple(ChangeOutput.of(each) for each in made.review.changes) if made else (),
            review=ReviewOutput.of(made.review) if made else None,
            warnings=clean_texts(made.warnings) if made else (),
            gates=tuple(GateOutput.of(gate) for gate in (made.gates if made else draft.gates)),
            way_back=WayBackOutput.of(made.way_back) if made and made.way_back else None,
            values=tuple(ValueOutput.of(value) for value in draft.values),
            afterwards=tuple(AfterwardsOutput(name, clean_text(words)) for name, words in draft.afterwards),
            ready=made.ready if made else False,
        )


class PlanOutput(Output, frozen=True):
    """What promotions would do: commits, files, changes of the stack, and what the gates say."""

    plans: tuple[PromotionOutput, ...]

    @classmethod
    def of(cls, found: Sequence[tuple[Draft, Plan | None]]) -> Self:
        """Return the wire form of several promotions."""
        return cls(tuple(PromotionOutput.of(draft, made) for draft, made in found))
