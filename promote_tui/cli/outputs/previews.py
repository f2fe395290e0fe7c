"""`preview list --json`, and what `up`, `down` and `prune` write: what became of each service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, Timestamp, clean_text, text_or_null, timestamp_or_null
from promote_tui.core.previews.outcome import OutcomeName
from promote_tui.core.previews.preview import BranchState, prune_reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from promote_tui.core.model.pipeline import PreviewSettings
    from promote_tui.core.previews.outcome import PreviewOutcome
    from promote_tui.core.previews.preview import Preview, PreviewStack


class PreviewUrlOutput(Output, frozen=True):
    """An address, by the stack output that names it."""

    output: str
    url: str


class PreviewCostOutput(Output, frozen=True):
    """How many resources of a type cost money while nobody uses them."""

    type: str
    count: int


class PreviewStackOutput(Output, frozen=True):
    """A service of a preview; `status` is null where its stack cannot be read, and `problem` says why."""

    service: str
    stack: str
    account: str
    region: str
    status: str | None
    commit: str | None
    updated_at: Timestamp | None
    urls: tuple[PreviewUrlOutput, ...]
    problem: str | None

    @classmethod
    def of(cls, each: PreviewStack) -> Self:
        """Return the wire form of a service's stack."""
        return cls(
            service=clean_text(each.target.service),
            stack=clean_text(each.target.stack),
            account=each.target.aws.account,
            region=each.target.aws.region,
            status=text_or_null(each.status),
            commit=text_or_null(each.commit),
            updated_at=timestamp_or_null(each.updated_at),
            urls=_urls(each.urls),
            problem=text_or_null(each.problem),
        )


class PreviewOutput(Output, frozen=True):
    """A preview; `owner` is who deployed it last, `prune` why `preview prune` would remove it, null where it stays."""

    name: str
    branch: str
    branch_state: BranchState
    branch_problem: str | None
    owner: str | None
    updated_at: Timestamp | None
    age_seconds: int | None
    prune: str | None
    costs: tuple[PreviewCostOutput, ...]
    stacks: tuple[PreviewStackOutput, ...]

    @classmethod
    def of(cls, each: Preview, now: datetime, max_age: float) -> Self:
        """Return the wire form of a preview."""
        age = each.age(now)
        return cls(
            name=each.name,
            branch=clean_text(each.branch),
            branch_state=each.branch_state,
            branch_problem=text_or_null(each.branch_problem),
            owner=text_or_null(each.owner),
            updated_at=timestamp_or_null(each.updated_at),
            age_seconds=int(age.total_seconds()) if age is not None else None,
            prune=text_or_null(prune_reason(each, now, max_age)),
            costs=tuple(PreviewCostOutput(clean_text(kind), count) for kind, count in each.costs),
            stacks=tuple(PreviewStackOutput.of(stack) for stack in each.stacks),
        )


class PreviewListOutput(Output, frozen=True):
    """The previews that there are, and how many there may be."""

    project: str
    limit: int
    previews: tuple[PreviewOutput, ...]

    @classmethod
    def of(cls, project: str, previews: Sequence[Preview], settings: PreviewSettings, now: datetime) -> Self:
        """Return the wire form of previews."""
        found = tuple(PreviewOutput.of(each, now, settings.max_age) for each in previews)
        return cls(clean_text(project), settings.limit, found)


class PreviewOutcomeOutput(Output, frozen=True):
    """What became of a service of a preview."""

    service: str
    stage: str
    outcome: OutcomeName
    commit: str | None
    run: str | None
    reason: str | None
    remedy: str | None
    urls: tuple[PreviewUrlOutput, ...]

    @classmethod
    def of(cls, each: PreviewOutcome) -> Self:
        """Return the wire form of an outcome."""
        return cls(
            service=clean_text(each.service),
            stage=clean_text(each.stage),
            outcome=each.outcome,
            commit=text_or_null(each.commit),
            run=text_or_null(each.run),
            reason=text_or_null(each.reason),
            remedy=text_or_null(each.remedy),
            urls=_urls(each.urls),
        )


class PreviewOutcomesOutput(Output, frozen=True):
    """What became of the services of a preview; `preview` is null where it is about several, or none."""

    project: str
    preview: str | None
    services: tuple[PreviewOutcomeOutput, ...]

    @classmethod
    def of(cls, project: str, preview: str, outcomes: Sequence[PreviewOutcome]) -> Self:
        """Return the wire form of outcomes."""
        return cls(clean_text(project), text_or_null(preview), tuple(map(PreviewOutcomeOutput.of, outcomes)))


def _urls(urls: tuple[tuple[str, str], ...]) -> tuple[PreviewUrlOutput, ...]:
    return tuple(PreviewUrlOutput(clean_text(name), clean_text(url)) for name, url in urls)
