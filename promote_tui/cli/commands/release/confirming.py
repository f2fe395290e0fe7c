"""How a release is confirmed on the command line: by options, or by what a person types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from promote_tui.core.errors import Refused
from promote_tui.core.planning.plan import Confirmation, how_to_confirm, is_confirmed, release_phrase
from promote_tui.core.text import clean

if TYPE_CHECKING:
    from promote_tui.cli.click_types import Parameter
    from promote_tui.cli.context import CliContext
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.releases.release import Release


@dataclass(frozen=True, slots=True)
class ReleaseConsent:
    """The options that confirm a release, or an answer to it."""

    yes: bool
    confirm: str | None

    def require(self, pipeline: Pipeline, name: str, stage: str | None) -> None:
        """Raise Refused for words that can confirm nothing, before a release of this name is planned for a stage."""
        wanted = next((each for each in pipeline.stages if each.name == stage), None)
        if wanted is None or self.confirm is None:
            return
        phrase = release_phrase(name, wanted.name)
        if not is_confirmed(wanted.confirm, Confirmation(yes=self.yes, typed=self.confirm), phrase):
            cause = f'"{self.confirm}" confirms something else'
            raise Refused(f"release {name}", cause, how_to_confirm(wanted.confirm, phrase))

    def ask(self, context: CliContext, release: Release, deed: str) -> str:
        """Return what confirms it, asked for on the terminal where it is missing and somebody is there.

        A wrong `--confirm` is an answer: nobody is asked again. `deed` says what is confirmed.
        """
        confirm = context.engine.releases.stage(release).confirm
        phrase = release_phrase(release.name, release.stage)
        given = Confirmation(yes=self.yes, typed=self.confirm)
        if self.confirm is not None or is_confirmed(confirm, given, phrase) or not context.interactive:
            return self.confirm if self.confirm is not None else "yes" if self.yes else ""
        if confirm == "type":
            return context.answer(clean(f'Type "{phrase}" to {deed}: '))
        answer = context.answer(clean(f"{deed[0].upper()}{deed[1:]}? [y/N] "))
        return "yes" if answer.lower() in {"y", "yes"} else ""


CONSENT: tuple[Parameter, ...] = (
    click.option("--yes", is_flag=True, help="Confirm where the stage asks (not where it requires typing)."),
    click.option("--confirm", metavar="TEXT", help='Confirm where the stage requires typing: "release NAME STAGE".'),
)
