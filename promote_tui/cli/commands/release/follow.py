"""Following a release: its events as lines, and how it was left as the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.errors import INTERRUPTED
from promote_tui.cli.text.release_narration import narrate_release
from promote_tui.core.errors import CredentialsError, LedgerError, PromoteError, Refused
from promote_tui.core.releases.release import MemberState, ReleaseStatus
from promote_tui.core.releases.remains import services_to_take_back
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.releases import ReleaseView
    from promote_tui.core.releases.release import Release
    from promote_tui.engine.releases.details import ReleaseDetails

_FAILED = frozenset({MemberState.FAILED, MemberState.ROLLBACK_FAILED})


def follow_release(
    context: CliContext, name: str, view: ReleaseView, after: int = 0, wanted: ReleaseStatus = ReleaseStatus.DONE
) -> int:
    """Narrate a release from `after` on until nobody works on it, show it, and return how it was left.

    Ctrl-C ends the watching, not the release. `wanted` is the end that counts as done.
    """
    try:
        _narrate(context, name, after)
        found = context.engine.releases.details(name)
    except KeyboardInterrupt:
        context.err.lines(["", *(clean(line) for line in _hints(name))])
        return INTERRUPTED
    except LedgerError:
        context.err.line(clean(f"the release may continue: promote-tui release show {name} --watch"))
        raise
    view.end(found)
    return exit_code(found, wanted)


def _narrate(context: CliContext, name: str, after: int) -> None:
    releases, err = context.engine.releases, context.err
    began = context.now if after else releases.find(name).planned.at
    for recorded in releases.follow(name, after, lambda trouble: err.line(clean(trouble))):
        err.line(narrate_release(recorded.event, began, err.style))


def _hints(name: str) -> list[str]:
    """Return how to watch, stop and resume a release."""
    return [
        f"the release continues: promote-tui release show {name} --watch",
        f"to stop it:            promote-tui release stop {name}",
        f"to resume it then:     promote-tui release resume {name}",
    ]


def exit_code(found: ReleaseDetails, wanted: ReleaseStatus = ReleaseStatus.DONE) -> int:
    """Return 0 for the wanted end, 3 where a person has stopped it or has to answer, 4 for credentials, else 1."""
    release = found.release
    if release.status is wanted:
        return PromoteError.exit_code if _is_half_done(release, wanted) else 0
    if release.status is ReleaseStatus.PAUSED:
        return _of_pause(release)
    return Refused.exit_code if release.status is ReleaseStatus.STOPPED else PromoteError.exit_code


def _is_half_done(release: Release, wanted: ReleaseStatus) -> bool:
    """Tell whether a service was rolled back although all are done, or is left there although all are rolled back."""
    if wanted is ReleaseStatus.DONE:
        return bool(release.in_state(MemberState.ROLLED_BACK))
    return bool(services_to_take_back(release))


def _of_pause(release: Release) -> int:
    if release.in_state(*_FAILED):
        return PromoteError.exit_code
    is_about_credentials = release.paused is not None and release.paused.why == "credentials"
    return CredentialsError.exit_code if is_about_credentials else Refused.exit_code
