"""The gates of a release's members, asked again while it waits: people decide elsewhere, and time opens some."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from promote_tui.core.errors import PromoteError
from promote_tui.core.gates.options import Override, PromotionOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from promote_tui.core.planning.plan import Draft
    from promote_tui.core.releases.events import Member
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.sign_offs import ReleaseSignOff
    from promote_tui.engine.engine import Engine
    from promote_tui.tui.state.context import ScreenContext

_AT_ONCE = 4
"""How many members are read at the same time."""


class ReleaseGates:
    """What the gates of blocked members say by now; `changed` is called when they have answered."""

    def __init__(self, screen: ScreenContext, changed: Callable[[], object]) -> None:
        self._screen = screen
        self._changed = changed
        self.drafts: dict[str, Draft] = {}
        """The members that were asked again, with what they said last."""
        self.sign_offs: tuple[ReleaseSignOff, ...] = ()
        self.overrides: dict[str, tuple[Override, ...]] = {}
        self._reading = False

    def override(self, gate: str, services: Sequence[str], reason: str) -> None:
        """Go on although a gate is blocked for these members: a person has said why."""
        for name in services:
            others = tuple(each for each in self.overrides.get(name, ()) if each.gate != gate)
            self.overrides[name] = (*others, Override(gate, reason))

    def read(self, release: Release | None) -> None:
        """Read the sign-offs, and the gates of each member with a blocked one, unless they are being read."""
        if release is None or release.confirmed is not None or self._reading:
            return
        wanted = [each for each in release.members if self._is_of_interest(release, each.service)]
        self._reading = True
        engine = self._screen.engine

        def work() -> tuple[Mapping[str, Draft], tuple[ReleaseSignOff, ...]]:
            rules = engine.releases.stage(release).rules
            is_signed_off = rules.approvals is not None or bool(rules.checklist)
            found = _draft_all(engine, release, wanted)
            return found, engine.releases.sign_offs(release) if is_signed_off else ()

        self._screen.background(work, self._take, lambda _error: self._fail())

    def _is_of_interest(self, release: Release, service: str) -> bool:
        review = release.reviews.get(service)
        return review is not None and (bool(review.blocked) or service in self.drafts)

    def _take(self, found: tuple[Mapping[str, Draft], tuple[ReleaseSignOff, ...]]) -> None:
        self._reading = False
        newer, sign_offs = found
        is_news = sign_offs != self.sign_offs or any(self.drafts.get(name) != draft for name, draft in newer.items())
        self.drafts |= newer
        self.sign_offs = sign_offs
        if is_news:
            self._changed()

    def _fail(self) -> None:
        """Keep what was said before: it is asked again in a moment."""
        self._reading = False


def _draft_all(engine: Engine, release: Release, members: Sequence[Member]) -> dict[str, Draft]:
    """Return the drafts of members, a few read at the same time; what cannot be read now is left out."""
    options = PromotionOptions(release=release.name)

    def ask(member: Member) -> Draft | None:
        try:
            return engine.plans.draft(member.service, release.stage, member.commit, options)
        except PromoteError:
            return None

    with ThreadPoolExecutor(_AT_ONCE, "gates") as pool:
        drafts = pool.map(ask, members)
        return {member.service: draft for member, draft in zip(members, drafts, strict=True) if draft is not None}
