"""A release as its screen knows it: what the ledger holds, what is being planned, and how its gates stand now."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from promote_tui.core.gates.options import config_name
from promote_tui.core.gates.sign_off import ApprovalsGate, ChecklistGate
from promote_tui.core.planning.plan import release_phrase
from promote_tui.core.releases.blockers import blocked_now, missing_allowances
from promote_tui.core.releases.overview import newest_review
from promote_tui.core.releases.release import AT_WORK, IN_TROUBLE, MemberState, Release, ReleaseStatus
from promote_tui.core.releases.sign_offs import APPROVALS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.model import Allowance
    from promote_tui.core.gates.options import Override
    from promote_tui.core.model.pipeline import Aws, Stage
    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.releases.overview import ReleaseSummary
    from promote_tui.core.releases.review import BlockedGate, MemberReview
    from promote_tui.core.releases.sign_offs import ReleaseSignOff
    from promote_tui.engine.releases.selection import Candidate
    from promote_tui.tui.presentation.glyphs import Glyphs
    from promote_tui.tui.presentation.run.progress import RunView


@dataclass(frozen=True, slots=True)
class Planning:
    """A release that is being planned here: its services, and those of them that were read so far."""

    services: Sequence[str]
    candidates: Mapping[str, Candidate]
    error: PromoteError | None = None


@dataclass(frozen=True)
class GuidedRelease:
    """A release on its screen; `release` is None until it is in the ledger.

    `planning` is there while it is planned from here. `drafts` are the members whose gates were asked again, `runs`
    the members whose run was read. `is_orphaned`: its process is gone; `is_reviewing`: what an interrupted planning has
    left is reviewed here. `trouble` is why it cannot be read.
    """

    name: str
    stage: Stage
    places: Sequence[Aws]
    now: datetime
    glyphs: Glyphs
    key: Callable[[str], str]
    release: Release | None = None
    summary: ReleaseSummary | None = None
    planning: Planning | None = None
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    overrides: Mapping[str, tuple[Override, ...]] = field(default_factory=dict)
    sign_offs: Sequence[ReleaseSignOff] = ()
    runs: Mapping[str, RunView] = field(default_factory=dict)
    is_orphaned: bool = False
    is_starting: bool = False
    is_reviewing: bool = False
    read_only: bool = False
    trouble: PromoteError | None = None
    frame: int = 0

    @property
    def status(self) -> ReleaseStatus | None:
        """How it stands; None before it is in the ledger."""
        return self.release.status if self.release is not None else None

    @property
    def is_unknown(self) -> bool:
        """Whether nothing is known of it but its name: it was not read, and is not planned here."""
        return self.release is None and self.planning is None

    @property
    def is_unconfirmed(self) -> bool:
        """Whether nobody has confirmed it yet, or it is still being planned."""
        return self.status in {None, ReleaseStatus.PLANNED}

    @property
    def phrase(self) -> str:
        """What is typed to confirm it."""
        return release_phrase(self.name, self.stage.name)

    @cached_property
    def members(self) -> tuple[str, ...]:
        """The services that it brings, and that nobody has left out since."""
        if self.release is None:
            return ()
        skipped = self.release.in_state(MemberState.SKIPPED)
        return tuple(name for wave in self.release.planned.waves for name in wave if name not in skipped)

    @property
    def in_trouble(self) -> tuple[str, ...]:
        """The members that a person has to answer for before anything new starts."""
        return self.release.in_state(*IN_TROUBLE) if self.release is not None else ()

    @cached_property
    def longest_name(self) -> int:
        """The cells that the longest name of a service takes."""
        planning = self.planning.services if self.planning else ()
        return max((len(name) for name in (*self.members, *planning)), default=0)

    @property
    def at_work(self) -> tuple[str, ...]:
        """The members whose runs go on."""
        return self.release.in_state(*AT_WORK) if self.release is not None else ()

    @cached_property
    def members_to_review(self) -> tuple[str, ...]:
        """The members whose plan was not made yet."""
        return self.release.unreviewed if self.release is not None else ()

    def review(self, service: str) -> MemberReview | None:
        """Return what the plan of a member says by now."""
        return newest_review(self.release, service) if self.release is not None else None

    @cached_property
    def _blocking(self) -> dict[str, tuple[BlockedGate, ...]]:
        return {name: self._find_blocking(name) for name in self.members}

    def gates_blocking(self, service: str) -> tuple[BlockedGate, ...]:
        """Return the gates that keep a member from being promoted, as they answered last."""
        return self._blocking.get(service, ())

    def _find_blocking(self, service: str) -> tuple[BlockedGate, ...]:
        review, draft = self.review(service), self.drafts.get(service)
        if review is None:
            return ()
        given = [each.gate for each in self.overrides.get(service, ())]
        return blocked_now(review, draft.gates if draft is not None else None, given)

    def missing_sign_offs(self, kind: Literal["approvals", "item"]) -> Mapping[str, tuple[str, ...]]:
        """Return the services that each sign-off of a kind is missing for, by its name.

        Until the sign-offs are read the blocked gates tell it: what is offered by them can be chosen, too.
        """
        if self.sign_offs:
            return {each.name: each.missing for each in self.sign_offs if each.kind == kind and each.missing}
        gate = ApprovalsGate.name if kind == "approvals" else ChecklistGate.name
        blocked = tuple(name for name in self.members if any(each.name == gate for each in self.gates_blocking(name)))
        names = (APPROVALS,) if kind == "approvals" else self.stage.rules.checklist
        return dict.fromkeys(names, blocked) if blocked else {}

    def allowances_missing(self, services: Sequence[str]) -> tuple[tuple[str, Allowance], ...]:
        """Return what a person has to allow by name before these members go on, by service."""
        release = self.release
        found = [(name, missing_allowances(release, name)) for name in services] if release is not None else []
        return tuple((name, each) for name, missing in found for each in missing)

    def overridable(self) -> dict[str, list[str]]:
        """Return the blocked gates that may be overridden, each with the members for which it is blocked."""
        found: dict[str, list[str]] = {}
        for name in self.members:
            for gate in self.gates_blocking(name):
                if gate.overridable:
                    found.setdefault(config_name(gate.name), []).append(name)
        return found

    @property
    def next_wave(self) -> int:
        """The number of the first wave with a member that waits; 0 where none does."""
        waiting = self.release.in_state(MemberState.WAITING) if self.release is not None else ()
        return self.release.wave_of(waiting[0]) if self.release is not None and waiting else 0
