"""What a person can do about a release next, as commands, in the order in which to consider them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from promote_tui.core.planning.plan import release_phrase
from promote_tui.core.releases.blockers import allowance_options, missing_allowances
from promote_tui.core.releases.release import IN_TROUBLE, MemberState, Release, ReleaseStatus
from promote_tui.core.releases.remains import services_to_take_back
from promote_tui.core.text import join_words
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promote_tui.core.model.pipeline import Confirm
    from promote_tui.core.releases.events import ReleasePaused
    from promote_tui.core.releases.sign_offs import ReleaseSignOff


class NextCommand(Value):
    """Something that a person can do: what comes of it, and the command line that does it."""

    words: str
    command: str


def next_commands(release: Release, confirm: Confirm, *, is_at_work: bool) -> tuple[NextCommand, ...]:
    """Return what can be done about a release; `is_at_work`: a process works on it.

    The commands contain the confirmation that the release's stage asks for.
    """
    return tuple(_Commands(release, confirm).of_status(is_at_work=is_at_work))


def sign_off_commands(release: Release, sign_offs: Iterable[ReleaseSignOff]) -> tuple[NextCommand, ...]:
    """Return how to sign off what is missing, as long as the release has not ended."""
    missing = [each for each in sign_offs if not each.is_given] if release.ended is None else []
    return tuple(_sign_off(release.name, each) for each in missing)


def _sign_off(name: str, missing: ReleaseSignOff) -> NextCommand:
    if missing.kind == "approvals":
        return NextCommand("ask somebody else to approve it", f"promote-tui release approve {name}")
    return NextCommand(f"tick {missing.name}", f"promote-tui release check {name} {shlex.quote(missing.name)}")


def is_interrupted(release: Release, *, is_at_work: bool) -> bool:
    """Tell whether the process of a release is gone although it neither ended nor waits for a person."""
    return release.status in {ReleaseStatus.RUNNING, ReleaseStatus.SCHEDULED} and not is_at_work


class _Commands:
    """The commands about one release."""

    def __init__(self, release: Release, confirm: Confirm) -> None:
        self._release = release
        phrase = shlex.quote(release_phrase(release.name, release.stage)).replace("'", '"')
        self._confirmed = {"none": "", "ask": " --yes", "type": f" --confirm {phrase}"}[confirm]

    def of_status(self, *, is_at_work: bool) -> Iterator[NextCommand]:
        """Yield what can be done in the status that the release has."""
        match self._release.status:
            case ReleaseStatus.PLANNED:
                yield self._make("start it", "run", confirmed=True)
                yield self._make("give it up", "stop")
            case ReleaseStatus.RUNNING | ReleaseStatus.SCHEDULED if is_at_work:
                yield self._make("watch it", "show", " --watch")
                yield self._make("start nothing more", "stop")
            case ReleaseStatus.RUNNING | ReleaseStatus.SCHEDULED:
                yield self._make("continue with what is missing", "resume")
                yield from self._ends()
            case ReleaseStatus.PAUSED:
                yield from self._of_pause()
                yield from self._ends()
            case ReleaseStatus.DONE:
                yield NextCommand("write its notes", f"promote-tui notes --release {self._release.name}")
                yield from self._back()
            case ReleaseStatus.STOPPED | ReleaseStatus.ROLLED_BACK:
                yield from self._back()

    def _of_pause(self) -> Iterator[NextCommand]:
        paused = self._release.paused
        if paused is not None and paused.why == "go":
            yield self._make(f"let wave {self._wave(paused)} begin", "resume", " --go", confirmed=True)
        elif paused is not None and paused.why == "credentials":
            yield self._make("continue, once logged in again", "resume")
        else:
            yield from self._of_trouble()

    def _wave(self, paused: ReleasePaused) -> int:
        return self._release.wave_of(paused.services[0]) if paused.services else self._release.go_until + 1

    def _of_trouble(self) -> Iterator[NextCommand]:
        trouble = self._release.in_state(*IN_TROUBLE)
        named = "".join(f" --retry {shlex.quote(name)}" for name in trouble)
        options = f"{named}{self._allowed(trouble)}"
        yield self._make(f"try {join_words(trouble)} again", "resume", options, confirmed=True)
        for name in trouble:
            words = f"leave {name} out{self._with_dependants(name)}"
            yield self._make(words, "resume", f" --skip {shlex.quote(name)} --reason TEXT")
        for name in self._release.in_state(MemberState.FAILED):
            words = f"return {name} to what ran before"
            yield self._make(words, "resume", f" --roll-back {shlex.quote(name)}", confirmed=True)

    def _allowed(self, services: Iterable[str]) -> str:
        """Return the options that allow by name what these services would lose."""
        found = (allowance_options(name, missing_allowances(self._release, name)) for name in services)
        return "".join(f" {options}" for options in found if options)

    def _with_dependants(self, name: str) -> str:
        waiting = {MemberState.WAITING, *IN_TROUBLE}
        progress, dependants = self._release.progress, self._release.dependants(name)
        skipped = tuple(each for each in dependants if progress[each].state in waiting)
        return f", with what needs it: {join_words(skipped)}" if skipped else ""

    def _ends(self) -> Iterator[NextCommand]:
        yield from self._back()
        yield self._make("leave it as it is, for good", "stop")

    def _back(self) -> Iterator[NextCommand]:
        brought = services_to_take_back(self._release)
        if brought:
            words = f"roll all of it back: {join_words(tuple(reversed(brought)))}"
            options = self._allowed(self._release.in_state(MemberState.ROLLBACK_FAILED))
            yield self._make(words, "rollback", options, confirmed=True)

    def _make(self, words: str, command: str, options: str = "", *, confirmed: bool = False) -> NextCommand:
        confirmation = self._confirmed if confirmed else ""
        return NextCommand(words, f"promote-tui release {command} {self._release.name}{options}{confirmation}")
