"""A release on the screen: its waves, a row for each service, and the box that says what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.gates.closed import closed_first
from promote_tui.core.model.pipeline import Never, Unreachable
from promote_tui.core.text import advice, clean, plural, short
from promote_tui.tui.presentation.lines import gate_line, head
from promote_tui.tui.presentation.pipeline.cells import commit_of
from promote_tui.tui.presentation.release.model import IDLE, Fate, Lack, Part, Release, listed, missing, notices
from promote_tui.tui.presentation.review.model import untold
from promote_tui.tui.presentation.style import BLANK, Role, fit, ink, line, right_aligned, rule, spread, wrap
from promote_tui.tui.presentation.wording import asks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual.content import Content

    from promote_tui.core.planning.waves import Wave
    from promote_tui.tui.presentation.glyphs import Glyphs


NOT_HERE = "sign-offs of a release as a whole are not part of this version"


def stages_line(release: Release, stages: Sequence[str], width: int, *, marks: bool) -> Content:
    """Return the stages to choose from with the chosen one lit, where it lands, and whether it is go or no-go."""
    parts: list[Content | str] = [ink("INTO", "label"), " "]
    for stage in stages:
        here = stage == release.stage.name
        left, right = ("[", "]") if here and marks else (" ", " ")
        name = line(left, ink(stage, "strong" if here else "muted"), right)
        parts.append(name.stylize_before("on $primary-muted") if here else name)
    aws = release.stage.aws
    if width >= 110:  # noqa: PLR2004 - the wide screen
        parts.append(
            ink(f"   {aws.account} {release.glyphs.dot} {aws.region}   {asks(release.stage.confirm)}", "muted")
        )
    return spread(line(*parts), verdict(release), width)


def verdict(release: Release) -> Content:
    """Return `✓ go   3 services in 2 waves`, or `! no-go   2 things are missing`."""
    lacks = missing(release)
    if not lacks:
        many = f"   {plural(len(release.included), 'service')} in {plural(release.waves_left, 'wave')}"
        return line(ink(f"{release.glyphs.passed} go", "strong good"), ink(many, "muted"))
    if calm(lacks):
        return ink("reading" if release.included or _reads(release) else "nothing to do", "muted")
    if all(lack.role in {"live", "muted"} for lack in lacks) and release.next_wave is not None:
        words = f"{release.glyphs.running()} wave {release.next_wave.number} is going on"
        return ink(words, "live")
    count = "1 thing is missing" if len(lacks) == 1 else f"{len(lacks)} things are missing"
    return line(ink(f"{release.glyphs.attention} no-go", "strong warn"), ink(f"   {count}", "muted"))


def calm(lacks: Sequence[Lack]) -> bool:
    """Tell whether nothing is wrong: something is still being read, or there is nothing to do."""
    return bool(lacks) and all(lack.role == "muted" for lack in lacks)


def _reads(release: Release) -> bool:
    return any(part.fate is Fate.READING for part in release.parts.values())


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns of a release are."""

    service: int
    commits: int = 7
    files: int = 6
    change: int = 18
    taken: int = 4


def columns(width: int) -> Columns:
    """Return the columns for a width."""
    return Columns(19) if width >= 76 else Columns(13, 5, 6)  # noqa: PLR2004 - the widths of the drawing


def heads(glyphs: Glyphs, width: int) -> Content:
    """Return the heads of the columns."""
    at = columns(width)
    return line(
        fit(ink("SERVICE", "label"), at.service),
        fit(ink(f"FROM {glyphs.arrow} TO", "label"), at.change),
        right_aligned(ink("COMMITS" if at.commits >= 7 else "CMTS", "label"), at.commits),  # noqa: PLR2004 - its letters
        " " * at.taken,
        right_aligned(ink("FILES", "label"), at.files),
        "  ",
        ink("GATES", "label"),
    )


def wave_line(release: Release, wave: Wave, width: int) -> Content:
    """Return `WAVE 2  after inventory and catalog ─────`."""
    if wave.after:
        words = f"after {listed(wave.after, 3)}"
    else:
        words = "depends on nothing" if len(release.waves) > 1 else "no service depends on another"
    left = line(ink(f"WAVE {wave.number}", "strong"), "  ", ink(words, "muted"))
    return rule(left, BLANK, width, release.glyphs.rule)


def part_line(part: Part, glyphs: Glyphs, width: int, *, here: bool) -> Content:
    """Return a service as a row: from and to, how many commits and files, and how the gates stand."""
    at = columns(width)
    role: Role = "strong" if here else "plain" if part.included else "muted"
    commits, taken, files = _sizes(part, glyphs)
    return line(
        fit(ink(part.service, role), at.service),
        fit(_from_to(part, glyphs), at.change),
        right_aligned(commits, at.commits),
        fit(taken, at.taken),
        right_aligned(files, at.files),
        "  ",
        ink("left out", "muted") if part.left_out and part.fate not in IDLE else _gates(part, glyphs),
    )


def _from_to(part: Part, glyphs: Glyphs) -> Content:
    cell = part.view.cell if part.view else None
    if cell is None or isinstance(cell, Unreachable):
        return BLANK
    old = "never" if isinstance(cell, Never) else short(commit_of(cell) or "unknown")
    to = part.draft.commit.short if part.draft and part.fate not in {*IDLE, Fate.RUNNING, Fate.UNSETTLED} else ""
    role: Role = "muted" if part.left_out else "plain"
    return line(ink(f"{old:<7}", "muted"), ink(f" {glyphs.arrow} ", "faint") if to else "", ink(to, role))


def _sizes(part: Part, glyphs: Glyphs) -> tuple[Content, Content, Content]:
    """Return how many commits it would bring, how many it would take away, and how many files differ."""
    if part.fate in IDLE:
        return ink(glyphs.none, "faint"), BLANK, BLANK
    draft = part.draft
    if draft is None or part.fate in {Fate.RUNNING, Fate.UNSETTLED}:
        return BLANK, BLANK, BLANK
    if untold(draft):
        return ink("?", "warn"), BLANK, ink("?", "warn")
    role: Role = "muted" if part.left_out else "plain"
    taken = ink(f" {glyphs.removed}{len(draft.removes)}" if draft.removes else "", "warn")
    return ink(str(len(draft.brings)), role), taken, ink(str(len(draft.files)), "muted")


def _gates(part: Part, glyphs: Glyphs) -> Content:
    gates = part.draft.gates if part.draft else ()
    closed = [gate for gate in gates if not gate.passed]
    told: dict[Fate, Content] = {
        Fate.READING: ink("not read" if part.hopeless else "reading", "faint"),
        Fate.SAME: ink("same", "muted"),
        Fate.NOTHING: ink("nothing to take", "muted"),
        Fate.AHEAD: ink(f"{glyphs.ahead} {len(part.draft.removes) if part.draft else 0} ahead", "warn"),
        Fate.RUNNING: line(ink(glyphs.running(), "live"), ink(" deploying", "live")),
        Fate.UNSETTLED: ink(f"{glyphs.unknown} reconcile", "warn"),
        Fate.GO: line(ink(glyphs.passed, "good"), ink(f" {len(gates)}", "plain")),
        Fate.CLOSED: ink(f"{glyphs.failed} {closed[0].name if len(closed) == 1 else f'{len(closed)} closed'}", "warn")
        if closed
        else BLANK,
        Fate.TROUBLE: ink(f"{glyphs.failed} {part.error.cause if part.error else ''}", "bad"),
    }
    login = part.view is not None and isinstance(part.view.cell, Unreachable) and part.view.cell.login
    return told.get(part.fate, ink(f"{glyphs.unknown} {'login' if login else 'unread'}", "warn"))


def lack_line(lack: Lack, width: int) -> Content:
    """Return what is missing with the next key at the end."""
    keys: list[Content | str] = []
    for key, words in lack.keys:
        keys += [ink(key, "strong"), ink(f" {words}", "muted")]
    return spread(line(ink(lack.sign, lack.role), " ", ink(lack.words)), line(*keys), width)


def box_title(release: Release) -> Content:
    """Return the title of the box that says what is missing."""
    lacks = missing(release)
    role: Role = "strong good" if not lacks else "label" if calm(lacks) else "strong warn"
    return ink("GO" if not lacks else "GO / NO-GO", role)


def box(release: Release, width: int, most: int, *, air: bool) -> list[Content]:
    """Return the lines of the box: what is missing and what should be known, then what the key does."""
    lacks = [*missing(release), *notices(release)]
    shown = lacks if len(lacks) <= most else lacks[: most - 1]
    lines = [lack_line(lack, width) for lack in shown]
    if len(lacks) > len(shown):
        lines.append(ink(f"  and {plural(len(lacks) - len(shown), 'more thing')}", "muted"))
    begin = _begin(release, width)
    return [*lines, *([BLANK] if air and lines and begin else []), *begin]


def _begin(release: Release, width: int) -> list[Content]:
    key = release.key("releases.promote")
    wave = release.next_wave
    lacks = missing(release)
    if lacks or wave is None:
        if calm(lacks) and not _reads(release):
            return []
        when = "all of it has been read" if calm(lacks) else "nothing is missing"
        return [line(ink(key, "label"), ink(f" unlocks when {when}", "muted"))]
    words = f"review {listed(wave.services, 3)} for {release.stage.name}"
    action = line(ink(key, "strong"), ink(f" {release.glyphs.arrow} ", "muted"), ink(words, "strong"))
    turns = ", one after another" if len(wave.services) > 1 else ""
    how = ink(f"   wave {wave.number}, {asks(release.stage.confirm)}{turns}", "muted")
    rest = release.waves_left - 1
    after = "the wave after it does" if rest == 1 else f"the {rest} waves after it do"
    note = (
        f"{after} not start by {'itself' if rest == 1 else 'themselves'}: press {key} again once this one is deployed"
    )
    return [*wrap(line(action, how), width, 4), *(wrap(ink(note, "muted"), width) if rest else [])]


def side(release: Release, part: Part | None, width: int, height: int) -> list[Content]:
    """Return the service under the cursor for the side of a wide screen: what it would bring, and its gates."""
    if part is None:
        return []
    needs = release.needs[part.service]
    lines = [
        spread(ink(part.service, "strong"), ink(f"after {listed(needs, 2)}" if needs else "", "muted"), width),
        BLANK,
    ]
    draft = part.draft
    if draft is None or part.fate in {Fate.SAME, Fate.AHEAD, Fate.RUNNING, Fate.UNSETTLED, Fate.UNREAD}:
        return [*lines, *wrap(_why(release, part), width)]
    room = max(2, height - len(draft.gates) - 12)
    for label, commits, role in (("would remove", draft.removes, "warn"), ("would bring", draft.brings, "plain")):
        if commits:
            subjects = [fit(line(ink(it.short, role), "  ", ink(it.subject)), width) for it in commits[:room]]  # type: ignore[arg-type]
            more = [ink(f"and {plural(len(commits) - room, 'more commit')}", "muted")] if commits[room:] else []
            lines += [head(label), *subjects, *more, BLANK]
    lines.append(head(f"gates to {part.stage}"))
    for gate in closed_first(draft.gates):
        lines += wrap(gate_line(gate, release.glyphs, 15), width, 15)
    return lines


def _why(release: Release, part: Part) -> Content:
    cell = part.view.cell if part.view else None
    if isinstance(cell, Unreachable):
        remedy = f"{release.key('app.login')} logs in" if cell.login else cell.remedy
        return ink(advice(cell.reason, remedy), "warn")
    if part.error is not None:
        return ink(part.error.cause, "muted" if part.fate is Fate.NOTHING else "bad")
    if part.fate is Fate.SAME:
        return ink(f"{part.stage} runs the same code already", "muted")
    if part.fate is Fate.AHEAD and part.draft is not None:
        more = plural(len(part.draft.removes), "commit")
        return ink(
            f"{part.stage} has {more} that {part.draft.commit.short} lacks; a release leaves it as it is", "muted"
        )
    if part.fate in {Fate.RUNNING, Fate.UNSETTLED}:
        lost = part.view.unsettled if part.view else ""
        return ink(lost or "a deploy is going on here", "warn" if lost else "live")
    return ink("what runs here is not known" if part.hopeless else "reading what would be promoted", "muted")


def not_part(release: Release) -> str:
    """Return `not part of it: identity, payments`; empty where everything is."""
    names = [part.service for part in release.left_out]
    return f"not part of it: {', '.join(names)}" if names else ""


def notes(release: Release, project: str) -> str:
    """Return the release as plain text, to be copied: each service with the commits that it would bring."""
    lines = [f"{project} to {release.stage.name}"]
    names: Collection[str] = {part.service for part in release.included}
    for wave in release.waves:
        within = [release.parts[name] for name in wave.services if name in names]
        lines += ["", f"wave {wave.number}"] if within else []
        for part in within:
            lines += _note(part)
    return "\n".join(clean(text) for text in lines)


def _note(part: Part) -> list[str]:
    draft = part.draft
    if draft is None:
        return [f"  {part.service}"]
    old = draft.deployed.short if draft.deployed else "nothing" if isinstance(draft.cell, Never) else "unknown"
    first = f"  {part.service} {old} -> {draft.commit.short}"
    return [first, *(f"    {it.short} {it.subject} ({it.author})" for it in draft.brings)]
