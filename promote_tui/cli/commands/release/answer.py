"""`release resume`, `release rollback` and `release stop`: what a person wants to be done next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.cli.click_types import Leaf, with_context, with_values
from promote_tui.cli.commands.release.confirming import CONSENT, ReleaseConsent
from promote_tui.cli.commands.release.exceptions import EXCEPTIONS, Exceptions
from promote_tui.cli.commands.release.follow import follow_release
from promote_tui.cli.commands.release.options import release_name
from promote_tui.cli.decision_record import REASON
from promote_tui.cli.views.base import with_view
from promote_tui.cli.views.releases import ReleaseHuman, ReleaseJson
from promote_tui.core.errors import Refused, UsageError
from promote_tui.core.releases.next_commands import next_commands
from promote_tui.core.releases.release import AT_WORK, ReleaseStatus
from promote_tui.core.text import clean, join_words
from promote_tui.engine.releases.control import ReleaseAnswer

if TYPE_CHECKING:
    from promote_tui.cli.context import CliContext
    from promote_tui.cli.views.releases import ReleaseView
    from promote_tui.core.model.pipeline import Stage
    from promote_tui.core.releases.events import AnswerKind
    from promote_tui.core.releases.release import Release


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """The options that answer a release which waits for a person; at most one kind of them."""

    name: str
    retry: tuple[str, ...]
    skip: tuple[str, ...]
    roll_back: tuple[str, ...]
    go: bool
    reason: str

    def answer(self) -> tuple[AnswerKind, tuple[str, ...]] | None:
        """Return the answer with its services, None where there is none; raises UsageError for two at once."""
        given: list[tuple[AnswerKind, tuple[str, ...]]] = [
            ("retry", self.retry),
            ("skip", self.skip),
            ("roll_back", self.roll_back),
        ]
        found = [each for each in given if each[1]] + ([("go", ())] if self.go else [])
        if len(found) > 1:
            remedy = "answer one after the other"
            raise UsageError("release resume", "takes one of --retry, --skip, --roll-back and --go", remedy)
        if self.skip and not self.reason.strip():
            raise UsageError("--skip", "needs --reason", "say why the service is left out")
        return found[0] if found else None


@click.command(cls=Leaf)
@with_values(
    "options",
    AnswerOptions,
    release_name,
    click.option("--retry", multiple=True, metavar="SERVICE", help="Try it again; what it changes now is accepted."),
    click.option("--skip", multiple=True, metavar="SERVICE", help="Leave it out, with what needs it."),
    click.option("--roll-back", multiple=True, metavar="SERVICE", help="Return it to what ran there before."),
    click.option("--go", is_flag=True, help="Let the wave begin that waits for its go."),
    REASON,
)
@with_values("consent", ReleaseConsent, *CONSENT)
@with_values("exceptions", Exceptions, *EXCEPTIONS)
@with_view(ReleaseHuman, ReleaseJson)
@with_context
def resume(
    context: CliContext, *, options: AnswerOptions, consent: ReleaseConsent, exceptions: Exceptions, view: ReleaseView
) -> int:
    """Continue a release with exactly what is missing."""
    name = options.name
    engine, wanted = context.writer(f"release {name}"), options.answer()
    release, before = engine.releases.find(name), len(engine.releases.events(name))
    stage = engine.releases.stage(release)
    allowed = exceptions.overrides_for(release, stage), exceptions.allowances_for(release)
    if wanted is None:
        _require_no_answer(release, stage, is_exceptional=any(allowed))
        engine.releases.resume(name, lambda note: context.err.line(clean(note)))
    else:
        kind, services = wanted
        typed = "" if kind == "skip" else consent.ask(context, release, f"resume release {name} in {release.stage}")
        engine.releases.answer(name, ReleaseAnswer(kind, services, options.reason, typed, *allowed))
    return follow_release(context, name, view, before)


def _require_no_answer(release: Release, stage: Stage, *, is_exceptional: bool) -> None:
    """Raise Refused where the release waits for an answer: its process would only wait for it again.

    Raises UsageError for what is allowed by name without an answer that needs it.
    """
    paused = release.paused
    if paused is not None and paused.why != "credentials":
        first = next_commands(release, stage.confirm, is_at_work=False)[0]
        raise Refused(f"release {release.name}", f"it waits for an answer: {paused.words}", f"such as: {first.command}")
    if is_exceptional:
        remedy = "add --retry SERVICE, or --go"
        raise UsageError("release resume", "allows nothing by name without an answer", remedy)


@click.command(cls=Leaf)
@release_name
@REASON
@with_values("consent", ReleaseConsent, *CONSENT)
@with_values("exceptions", Exceptions, *EXCEPTIONS)
@with_view(ReleaseHuman, ReleaseJson)
@with_context
def rollback(  # noqa: PLR0913 - each is an option of the command
    context: CliContext, name: str, *, reason: str, consent: ReleaseConsent, exceptions: Exceptions, view: ReleaseView
) -> int:
    """Roll back all of a release, the last wave first."""
    engine = context.writer(f"release {name}")
    release, before = engine.releases.find(name), len(engine.releases.events(name))
    allowed = exceptions.overrides_for(release, engine.releases.stage(release)), exceptions.allowances_for(release)
    typed = consent.ask(context, release, f"roll back release {name} in {release.stage}")
    engine.releases.answer(name, ReleaseAnswer("roll_back_all", (), reason, typed, *allowed))
    return follow_release(context, name, view, before, ReleaseStatus.ROLLED_BACK)


@click.command(cls=Leaf)
@release_name
@REASON
@with_context
def stop(context: CliContext, name: str, reason: str) -> int:
    """Start nothing more of a release; what is running ends by itself."""
    engine = context.writer(f"release {name}")
    release = engine.releases.answer(name, ReleaseAnswer("stop", (), reason))
    at_work = release.in_state(*AT_WORK)
    if release.ended is not None or not at_work:
        context.err.line(clean(f"release {name}: stopped"))
    else:
        ends = f"{join_words(at_work)} will end by itself: promote-tui release show {name} --watch"
        context.err.line(clean(f"release {name}: starts nothing more; {ends}", limit=1_000))
    return 0
