"""What a release comes to as a whole: one summary of what the plans of all its services say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.model import Opener
from promote_tui.core.releases.durations import expected_seconds
from promote_tui.core.releases.events import LeftOut
from promote_tui.core.releases.review import BlockedGate, MemberReview, ReviewedChange
from promote_tui.core.text import plural
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from promote_tui.core.changes.model import ChangeAction
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.release import Release

_ORDER: tuple[Opener, ...] = ("another commit", "person", "time")
_APPROVALS = "approvals"


class MemberChange(Value):
    """A resource that one of the services would change."""

    service: str
    change: ReviewedChange


class ServiceNote(Value):
    """What is to be said of one of the services."""

    service: str
    words: str


class BlockedService(Value):
    """A service for which a gate is blocked, with what the gate says there."""

    service: str
    gate: BlockedGate


class BlockedGateGroup(Value):
    """A gate that is blocked for some of the services, and who or what opens it."""

    name: str
    opened_by: Opener
    blocked: tuple[BlockedService, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """The services for which it is blocked."""
        return tuple(each.service for each in self.blocked)

    @property
    def overridable(self) -> bool:
        """Whether it may be overridden for each of them."""
        return all(each.gate.overridable for each in self.blocked)


class ReleaseSummary(Value):
    """What a release would do as a whole.

    - `commits` are counted for each service: a commit that several services share counts for each.
    - `added`, `modified` and `removed` count resources. `replacements` are among the modified ones, and `losses` are
      the resources that may lose data.
    - `unknown` says where the changes are not known, `problems` where there is no plan, and `unreviewed` where no plan
      has been made yet.
    - `removes` counts the commits that the stage would lose.
    - `one_way` says why a service could not go back safely; the services in `safe` could.
    - `assumed` are the services without a run on record: `expected_seconds` counts ten minutes for each of them. It is
      the time that the rest of the release takes.
    """

    services: int
    commits: int
    authors: tuple[str, ...]
    added: int
    modified: int
    removed: int
    replacements: tuple[MemberChange, ...]
    losses: tuple[MemberChange, ...]
    unknown: tuple[ServiceNote, ...]
    problems: tuple[ServiceNote, ...]
    unreviewed: tuple[str, ...]
    blocked: tuple[BlockedGateGroup, ...]
    safe: tuple[str, ...]
    one_way: tuple[ServiceNote, ...]
    removes: tuple[ServiceNote, ...]
    expected_seconds: float
    assumed: tuple[str, ...]
    waves: tuple[tuple[str, ...], ...]
    left_out: tuple[LeftOut, ...]
    unchanged: tuple[str, ...]

    @property
    def approvals_missing(self) -> tuple[str, ...]:
        """The services that not enough people have approved."""
        return next((each.services for each in self.blocked if each.name == _APPROVALS), ())


def summarize_release(release: Release, stage: Stage) -> ReleaseSummary:
    """Return the summary of a release into this stage, from the newest review of each of its services."""
    reviews = _reviews(release)
    changes = [MemberChange(name, change) for name, review in reviews.items() for change in review.changes]
    left_out = release.planned.left_out
    return ReleaseSummary(
        services=len(release.members),
        commits=sum(review.commits for review in reviews.values()),
        authors=tuple(dict.fromkeys(author for review in reviews.values() for author in review.authors)),
        added=_count(changes, "add"),
        modified=_count(changes, "modify"),
        removed=_count(changes, "remove"),
        replacements=tuple(each for each in changes if each.change.replacement != "false"),
        losses=tuple(each for each in changes if each.change.loses_data),
        unknown=_notes((name, "" if review.problem else review.unknown) for name, review in reviews.items()),
        problems=_notes((name, review.problem) for name, review in reviews.items()),
        unreviewed=tuple(member.service for member in release.members if member.service not in reviews),
        blocked=_grouped(reviews),
        safe=tuple(name for name, review in reviews.items() if not review.one_way),
        one_way=_notes((name, review.one_way) for name, review in reviews.items()),
        removes=_notes((name, _removes(review)) for name, review in reviews.items()),
        expected_seconds=expected_seconds(release, stage),
        assumed=tuple(name for name, review in reviews.items() if review.typical_seconds is None),
        waves=release.planned.waves,
        left_out=tuple(each for each in left_out if not each.unchanged),
        unchanged=tuple(each.service for each in left_out if each.unchanged),
    )


def newest_review(release: Release, service: str) -> MemberReview | None:
    """Return what a service's plan says by now: as it was held with, accepted, or reviewed; None before a review."""
    progress = release.progress[service]
    return progress.now or progress.accepted or release.reviews.get(service)


def _reviews(release: Release) -> dict[str, MemberReview]:
    """Return the newest review of each member that has one, in the order of the waves."""
    found = {name: newest_review(release, name) for wave in release.planned.waves for name in wave}
    return {name: review for name, review in found.items() if review is not None}


def _removes(review: MemberReview) -> str:
    return plural(review.removes, "commit") if review.removes else ""


def _count(changes: Iterable[MemberChange], action: ChangeAction) -> int:
    return sum(each.change.action == action for each in changes)


def _notes(said: Iterable[tuple[str, str]]) -> tuple[ServiceNote, ...]:
    return tuple(ServiceNote(service, words) for service, words in said if words)


def _grouped(reviews: Mapping[str, MemberReview]) -> tuple[BlockedGateGroup, ...]:
    """Return the blocked gates: those first that only another commit opens, those last that open by themselves."""
    found: dict[tuple[str, Opener], list[BlockedService]] = {}
    for service, review in reviews.items():
        for gate in review.blocked:
            found.setdefault((gate.name, gate.opened_by), []).append(BlockedService(service, gate))
    groups = [BlockedGateGroup(name, opener, tuple(blocked)) for (name, opener), blocked in found.items()]
    return tuple(sorted(groups, key=lambda group: _ORDER.index(group.opened_by)))
