"""What a person is asked before anything of a release is deployed: the words of the frame, and of its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.durations import span
from promote_tui.core.releases.release import MemberState
from promote_tui.core.releases.remains import services_to_take_back
from promote_tui.core.text import list_first, plural
from promote_tui.tui.presentation.release.guided.heading import place_words, start_words
from promote_tui.tui.presentation.release.guided.issues import find_blockers
from promote_tui.tui.presentation.review.confirm import AT, frame_label
from promote_tui.tui.presentation.style import BLANK, cut_middle, fit, ink, line, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.content import Content

    from promote_tui.core.gates.model import Allowance
    from promote_tui.core.releases.events import AnswerKind
    from promote_tui.core.releases.release import Release
    from promote_tui.tui.presentation.release.guided.model import GuidedRelease

_STAGE = 24
_FATES = {"replace": "is replaced", "remove": "is removed"}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for: to start (None), or an answer to a release that waits; about these services.

    With `starts_at` it is to start then.
    """

    answer: AnswerKind | None = None
    services: tuple[str, ...] = ()
    starts_at: datetime | None = None


def find_ask(guided: GuidedRelease, chosen: Ask | None) -> Ask | None:
    """Return what the frame asks: what somebody has chosen, else the start or the next wave where it may begin."""
    if guided.read_only or guided.is_starting or guided.trouble is not None:
        return None
    if guided.is_unconfirmed:
        return None if find_blockers(guided) else chosen or Ask()
    if chosen is not None and chosen.answer is not None:
        return chosen
    paused = guided.release.paused if guided.release is not None else None
    return Ask("go") if paused is not None and paused.why == "go" else None


def allowances_asked(guided: GuidedRelease, ask: Ask) -> tuple[tuple[str, Allowance], ...]:
    """Return the resources whose names are to be typed before this may lose their data, by service."""
    return guided.allowances_missing(_go_on(guided, ask))


def _go_on(guided: GuidedRelease, ask: Ask) -> Sequence[str]:
    """Return the members that go on by this, as far as it is known what they would lose."""
    release = guided.release
    if release is None or ask.answer is None:
        return guided.members
    if ask.answer == "go":
        return [name for name in release.planned.waves[guided.next_wave - 1] if name in guided.members]
    return ask.services if ask.answer == "retry" else release.in_state(MemberState.ROLLBACK_FAILED)


def is_typed(guided: GuidedRelease, ask: Ask) -> bool:
    """Tell whether it is confirmed by typing."""
    return guided.stage.confirm == "type" or bool(allowances_asked(guided, ask))


def frame_title(guided: GuidedRelease, ask: Ask) -> Content:
    """Return `PROD  account 333333333333  eu-west-1`."""
    account, region = place_words(guided.places)
    name = cut_middle(guided.stage.name, _STAGE).upper()
    stage = ink(name, "strong bad" if is_typed(guided, ask) else "strong live")
    where = account if account.endswith("accounts") else f"account {account}"
    return line(stage, "  ", ink(where, "strong"), "  ", ink(region, "strong"))


def button_words(guided: GuidedRelease, ask: Ask) -> str:
    """Return what the button does."""
    about = list_first(ask.services, 2)
    words: dict[AnswerKind | None, str] = {
        None: f"{'Schedule' if ask.starts_at else 'Release'} {guided.name} to {guided.stage.name}",
        "go": f"Go for wave {guided.next_wave}",
        "retry": f"Retry {about}",
        "roll_back": f"Roll back {about}",
        "roll_back_all": "Roll back all",
    }
    return words[ask.answer]


def deed_lines(guided: GuidedRelease, ask: Ask, width: int) -> list[Content]:
    """Return what would happen, in a line or two."""
    label = {None: "RELEASES", "go": "DEPLOYS", "retry": "RETRIES"}.get(ask.answer, "ROLLBACK")
    lines = wrap(line(frame_label(label), ink(_deed(guided, ask))), width, AT)
    return [*lines, *wrap(_start_line(guided, ask), width, AT)] if ask.answer is None else lines


def _start_line(guided: GuidedRelease, ask: Ask) -> Content:
    """Return `STARTS  Tue 1 Dec 09:00 CET (08:00 UTC), in 4h; gates are asked again then`, or the key for a time."""
    label, key = frame_label("STARTS"), ink(guided.key("release.at"), "strong")
    if ask.starts_at is None:
        return line(label, ink("at once"), "   ", key, ink(" starts it later", "muted"))
    when = f"{start_words(ask.starts_at)}, in {span(ask.starts_at - guided.now)}"
    return line(label, ink(when, "strong"), ink("; gates are asked again then", "muted"))


def _deed(guided: GuidedRelease, ask: Ask) -> str:
    release, stage = guided.release, guided.stage.name
    if release is None:
        return ""
    if ask.answer is None:
        waves = plural(len({release.wave_of(name) for name in guided.members}), "wave")
        return f"{plural(len(guided.members), 'service')} to {stage}, in {waves}: {list_first(guided.members)}"
    if ask.answer == "go":
        wave = [name for name in release.planned.waves[guided.next_wave - 1] if name in guided.members]
        return f"wave {guided.next_wave} of {len(release.planned.waves)} to {stage}: {list_first(wave)}"
    if ask.answer == "roll_back_all":
        back = tuple(reversed(services_to_take_back(release)))
        return f"{list_first(back)} in {stage}, the last wave first; each is on hold afterwards"
    what = "the rollback of " if ask.answer == "retry" and _goes_back(release, ask) else ""
    return f"{what}{list_first(ask.services)} in {stage}{_consequence(guided, ask)}"


def _goes_back(release: Release, ask: Ask) -> bool:
    """Tell whether what is retried are rollbacks, and nothing else."""
    return {*ask.services} <= {*release.in_state(MemberState.ROLLBACK_FAILED)}


def _consequence(guided: GuidedRelease, ask: Ask) -> str:
    release = guided.release
    if ask.answer == "roll_back" and release is not None:
        after = [name for service in ask.services for name in release.dependants(service)]
        return f"; skips {list_first(after)}, which {'needs' if len(after) == 1 else 'need'} it" if after else ""
    return ""


def loss_lines(guided: GuidedRelease, ask: Ask, width: int) -> list[Content]:
    """Return the resources that may lose their data, with their services, and how."""
    label = frame_label("LOSES", "strong bad")
    return [
        fit(line(label, ink(f"{name} {each.logical_id} {_FATES[each.kind]}: its data may be lost", "bad")), width)
        for name, each in allowances_asked(guided, ask)
    ]


def phrase_line(guided: GuidedRelease, ask: Ask, width: int) -> Content:
    """Return `TYPE  release 2026-11-30 prod  to start it`; the words to type are never cut."""
    words = line(frame_label("TYPE"), ink(guided.phrase, "strong"))
    deed = "  to start" if ask.answer is None else "  to confirm"
    return fit(line(words, ink(deed, "muted")) if width > words.cell_length + len(deed) else words, width)


def names_line(guided: GuidedRelease, ask: Ask, width: int) -> Content:
    """Return `AND  OrdersTable Uploads`."""
    names = " ".join(dict.fromkeys(each.logical_id for _, each in allowances_asked(guided, ask)))
    return fit(line(frame_label("AND"), ink(names, "strong", limit=5000)), width)


def hint(guided: GuidedRelease, typed: str | None, *, named: bool, in_sight: bool, armed: bool) -> Content:
    """Return what is still to be done before the button is open; `typed` is None before the field is stood in."""
    if not in_sight:
        return ink("make the window larger, or wait until the message disappears", "warn")
    next_key = guided.key("release.next")
    if guided.stage.confirm == "type" and typed != guided.phrase:
        if typed is None:
            return line(ink(guided.key("release.go"), "strong"), ink(", then type the words", "muted"))
        left = len(guided.phrase) - len(typed)
        fits = guided.phrase.startswith(typed)
        return ink(f"{plural(left, 'letter')} to go" if fits else "does not match yet", "muted" if fits else "warn")
    if not named:
        return line(ink(next_key, "strong"), ink(", then type the names of what loses data", "muted"))
    return line(ink(next_key, "strong"), ink(", then enter starts it", "muted")) if armed else BLANK
