"""Planning a release on the command line: its name, and each service as it is read and reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.cli.text.release_members import candidate_words, review_words
from promote_tui.core.errors import UsageError
from promote_tui.core.text import clean
from promote_tui.engine.releases.planning import PlanWatch, ReleaseRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.cli.context import CliContext
    from promote_tui.core.releases.release import Release
    from promote_tui.core.releases.review import MemberReview
    from promote_tui.engine.releases.selection import Candidate


def plan_release(context: CliContext, words: Sequence[str], stage: str, reason: str) -> Release:
    """Plan a release named by the first word (none: by the day), of the services that follow (none: of all)."""
    engine = context.writer(clean(f"release {words[0] if words else stage}"))
    if words and words[0] in {service.name for service in engine.pipeline.services}:
        remedy = f"write the release's name first: promote-tui release plan NAME {' '.join(words)} --to {stage}"
        raise UsageError(f"release {words[0]}", "this is the name of a service", remedy)
    name, services = (words[0] if words else engine.releases.free_name()), tuple(words[1:])
    return engine.releases.plan(ReleaseRequest(name, stage, services, reason), _watch(context))


def review_rest(context: CliContext, release: Release) -> Release:
    """Review what an interrupted planning has left, and return the release."""
    return context.engine.releases.review(release.name, _watch(context)) if release.unreviewed else release


def _watch(context: CliContext) -> PlanWatch:
    err = context.err

    def on_candidate(found: Candidate) -> None:
        err.line(f"  {candidate_words(found, err.style)}")

    def on_review(service: str, review: MemberReview) -> None:
        err.line(clean(f"  {service}: reviewed, {review_words(review, err.style)}", limit=1_000))

    return PlanWatch(on_candidate, on_review)
