"""`approve`, `withdraw`, `check`, `hold`, `unhold` and `veto`: people's decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from promote_tui.cli import json_output
from promote_tui.cli.click_types import Leaf, with_session
from promote_tui.cli.errors import INTERRUPTED
from promote_tui.cli.moments import later
from promote_tui.core.errors import UsageError
from promote_tui.core.gates.approvals import approval_words
from promote_tui.core.text import clean, short
from promote_tui.engine.decisions import Wanted
from promote_tui.signals import ended_by_signals

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.cli.context import Session
    from promote_tui.cli.text.style import Role
    from promote_tui.core.gates.decisions import Decision
    from promote_tui.engine.checks import CheckEnd

_to = click.option("--to", "stage", required=True, metavar="STAGE", help="The stage.")
_commit = click.option("--commit", "revision", required=True, metavar="REV", help="The commit, as git names it.")
_why = click.option("--reason", default="", metavar="TEXT", help="Why; it is kept.")
_must = click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept.")


def _decided(session: Session, wanted: Wanted, words: str) -> int:
    """Write the decision down and say so."""
    subject = f"{wanted.service}/{wanted.stage}" if wanted.stage else wanted.service
    if not wanted.reason.strip() and wanted.kind in {"hold", "unhold", "veto"}:
        raise UsageError("--reason", "is empty", "say why: others will read it")
    made = session.writer(clean(subject)).decide(wanted)
    session.out.line(clean(f"{subject}: {words.format(commit=_short(made), item=made.item)} as {made.who}", limit=400))
    return 0


def _short(made: Decision) -> str:
    return short(made.commit) if made.commit else ""


def _command(*parameters: Callable[[Any], Any]) -> Callable[[Callable[..., int]], click.Command]:
    def declare(function: Callable[..., int]) -> click.Command:
        handler = with_session(function)
        for parameter in reversed(parameters):
            handler = parameter(handler)
        return click.command(cls=Leaf)(handler)

    return declare


@_command(click.argument("service"), _to, _commit, _why)
def approve(session: Session, service: str, stage: str, revision: str, reason: str) -> int:
    """Approve a commit's code for a stage, as somebody other than who promotes it."""
    engine = session.writer(clean(f"{service}/{stage}"))
    made = engine.decide(Wanted("approve", service, stage, revision, reason))
    session.out.line(clean(f"{service}/{stage}: {approval_words(made, engine.counted(made))}", limit=400))
    return 0


@_command(click.argument("service"), _to, _commit, _why)
def ask(session: Session, service: str, stage: str, revision: str, reason: str) -> int:
    """Ask others for their approval, by the channels under `notify`."""
    sha, failed = session.writer(clean(f"{service}/{stage}")).ask(service, stage, revision, reason)
    session.err.lines(clean(f"{channel} was not told: {why}", limit=400) for channel, why in failed)
    session.out.line(clean(f"{service}/{stage}: asked for approval of {short(sha)}"))
    return 1 if failed else 0


@_command(
    click.argument("service"),
    _to,
    _commit,
    click.option("--item", default="", metavar="ITEM", help="Take back this tick of the checklist, not the approval."),
    _why,
)
def withdraw(  # noqa: PLR0913 - one parameter an option
    session: Session, service: str, stage: str, revision: str, *, item: str, reason: str
) -> int:
    """Take your approval back, or a tick of the checklist."""
    words = "took back the tick for {commit}" if item else "took back the approval of {commit}"
    return _decided(session, Wanted("withdraw", service, stage, revision, reason, item), words)


@_command(
    click.argument("words", nargs=-1, required=True, metavar="[ITEM] SERVICE"),
    _to,
    _commit,
    click.option("--on-behalf-of", "on_behalf", default="", metavar="NAME", help="Who outside of AWS has said so."),
    click.option("--evidence", default="", metavar="TEXT", help="Where that can be seen; needed with --on-behalf-of."),
    click.option("--run", "running", is_flag=True, help="Run the stage's checks on the commit, instead of ticking."),
    click.option("--json", "as_json", is_flag=True, help="With --run: print JSON."),
    _why,
)
def check(  # noqa: PLR0913 - one parameter an option
    session: Session,
    words: tuple[str, ...],
    stage: str,
    revision: str,
    *,
    on_behalf: str,
    evidence: str,
    running: bool,
    as_json: bool,
    reason: str,
) -> int:
    """Tick an item of a stage's checklist for a commit's code, or run the stage's checks on it."""
    if len(words) != (1 if running else 2):
        takes = "SERVICE alone with --run" if running else "ITEM and SERVICE, or --run and SERVICE"
        raise UsageError("check", f"takes {takes}", "an item of several words stands in quotes")
    if running:
        return _run_checks(session, words[0], stage, revision, as_json=as_json)
    item, service = words
    if on_behalf and not evidence:
        raise UsageError("--on-behalf-of", "needs --evidence", "say where others can see it: a mail, a ticket, a call")
    wanted = Wanted("check", service, stage, revision, reason, item, evidence=evidence, on_behalf=on_behalf)
    return _decided(session, wanted, "ticked {item!r} for {commit}")


_ENDS: dict[bool, tuple[str, Role]] = {True: ("passed", "good"), False: ("failed", "bad")}


def _run_checks(session: Session, service: str, stage: str, revision: str, *, as_json: bool) -> int:
    """Run them, say how each ends, and return 1 where one has failed."""
    engine = session.writer(clean(f"{service}/{stage}"))

    def told(end: CheckEnd) -> None:
        style, made = session.out.style, end.decision
        word, role = _ENDS[made.passed]
        because = f": {clean(made.reason, limit=500)}" if made.reason else ""
        if not as_json:
            session.out.line(style.paint(f"{style.sign(word)} {clean(made.item)} {word}{because}", role))
        session.err.line(f"  its output: {end.log}")

    try:
        with ended_by_signals():
            ended = engine.run_checks(service, stage, revision, lambda step: session.err.line(f"  {clean(step)}"), told)
    except KeyboardInterrupt:
        session.err.lines(("", "interrupted: the check was stopped, which is not on record"))
        return INTERRUPTED
    if as_json:
        session.json({"checks": [json_output.check_end(end) for end in ended]})
    return 0 if all(end.decision.passed for end in ended) else 1


@_command(
    click.argument("service"),
    click.argument("stage"),
    _must,
    click.option("--until", metavar="T", help="When it ends by itself: 4h from now, 2026-03-01, 2026-03-01T14:30."),
)
def hold(session: Session, service: str, stage: str, *, reason: str, until: str | None) -> int:
    """Let nothing be promoted to a service and stage until it is lifted."""
    session.writer(clean(f"{service}/{stage}"))
    ends = later(until, session.now) if until else None
    return _decided(session, Wanted("hold", service, stage, None, reason, expires_at=ends), "held")


@_command(click.argument("service"), click.argument("stage"), _must)
def unhold(session: Session, service: str, stage: str, reason: str) -> int:
    """Lift a hold."""
    return _decided(session, Wanted("unhold", service, stage, None, reason), "lifted the hold")


@_command(
    click.argument("revision", metavar="REV"),
    click.option("--service", required=True, metavar="S", help="The service."),
    _must,
)
def veto(session: Session, revision: str, *, service: str, reason: str) -> int:
    """Keep a commit's code away from every stage, for ever."""
    return _decided(session, Wanted("veto", service, None, revision, reason), "vetoed {commit}")


DECISIONS = (ask, approve, withdraw, check, hold, unhold, veto)
