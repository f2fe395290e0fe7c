"""The gates that a team's rules make: time, people, checks, alarms; each says why in plain words.

A gate that cannot be evaluated is closed and says why. Gates that nobody has asked for are not there.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from promote_tui.core.durations import span
from promote_tui.core.gates import decisions as decided
from promote_tui.core.gates import freezes
from promote_tui.core.gates.approvals import tally_approvals
from promote_tui.core.gates.builtin import GateResult
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.identity import person
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.model.team_rules import NONE, Rules
from promote_tui.core.next_steps import NextStep
from promote_tui.core.runs.verification import Observed, Verification, VerifiedBy
from promote_tui.core.text import plural, short

SignatureStatus: TypeAlias = Literal["good", "unknown", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Signature:
    """What git says of a commit's signature; `problem` is why it could not be checked."""

    status: SignatureStatus
    signer: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A CloudWatch alarm; `state` is OK, ALARM or INSUFFICIENT_DATA, None where it could not be read (`problem`)."""

    name: str
    state: str | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules are asked about, besides the commit and the stack.

    `decisions` are those about this service, this stage and this code, oldest first; `problem` is why they could not
    be read. `promoter` is the ARN of who promotes (None: not known), `trusted` are the roles whose session names are
    people. `remote` tells whether the repository has one, `tracks` whether its branches are that remote's. `policy`
    is where these rules are from; `moved` says that the remote has gone on since, `unasked` that it could not be
    asked. `disturbed` is what somebody else did to the stack. What no rule asks for is left out.
    """

    now: datetime
    decisions: tuple[Decision, ...] = ()
    problem: str = ""
    promoter: str | None = None
    trusted: tuple[str, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    signature: Signature | None = None
    remote: bool = True
    tracks: bool = True
    policy: PolicyOrigin | None = None
    moved: str = ""
    astray: str = ""
    unasked: str = ""
    disturbed: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """All that a gate of this module is asked about; `containing` are the branches that hold the commit."""

    rules: Rules
    it: Circumstances
    service: str
    stage: str
    commit: str
    verification: Verification | None
    containing: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """Return how a decision about this is written on the command line, without the first word."""
        return f"{self.service} --to {self.stage} --commit {short(self.commit)}"


def readable(context: Context) -> tuple[GateResult, ...]:
    """People's decisions can be read: a hold or a veto that cannot be seen holds nothing up."""
    if not context.it.problem:
        return ()
    remedy = "fix the ledger, then plan again"
    return (GateResult("decisions", passed=False, reason=context.it.problem, remedy=remedy),)


_TRACK = "git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'; git fetch origin"
_FETCH = "git fetch in the configuration's repository, then plan again"


def policed(context: Context) -> tuple[GateResult, ...]:
    """The rules are those that the remote has now; what the file here has otherwise is told and has no effect."""
    found, closed = context.it.policy, context.it.astray
    if found is None:
        return ()
    if closed:
        remedy = f"git remote set-head {found.ref.partition('/')[0]} --auto, then plan again"
        return (GateResult("policy", passed=False, reason=closed, remedy=remedy, step=NextStep("fetch")),)
    if found.kind == "local":
        return _local(context, found)
    told = [f"your file differs, which has no effect: {', '.join(found.differs)}"] if found.differs else []
    told += [context.it.unasked] if context.it.unasked else []
    unknown = ", of unknown age" if context.it.unasked else ""
    age = f", fetched {span(context.it.now - found.fetched_at)} ago" if found.fetched_at else unknown
    reason = "; ".join([f"as on {found.where}{age}", *told])
    if context.it.moved:
        told_too = f"{context.it.moved}; {reason}"
        return (GateResult("policy", passed=False, reason=told_too, remedy=_FETCH, step=NextStep("fetch")),)
    return (GateResult("policy", passed=True, reason=reason, warns=bool(told)),)


def _local(context: Context, found: PolicyOrigin) -> tuple[GateResult, ...]:
    """What cannot be read may have gates: closed. What has gone on since may have got some: told."""
    if found.unread:
        remedy = "fix the configuration's repository, then plan again"
        return (GateResult("policy", passed=False, reason=found.why, remedy=remedy),)
    if context.rules == NONE and not context.it.moved:
        return ()
    moved = f"; {context.it.moved}, with what rules is not known until it is fetched" if context.it.moved else ""
    return (GateResult("policy", passed=True, reason=f"local: {found.why}{moved}", warns=True),)


def disturbed(context: Context) -> tuple[GateResult, ...]:
    """What somebody else has done to the stack is named: this deploy goes over it, on purpose."""
    words = context.it.disturbed
    return (GateResult("foreign", passed=True, reason=f"{words}; this goes over it", warns=True),) if words else ()


def vetoed(context: Context) -> tuple[GateResult, ...]:
    """Nobody has vetoed this code."""
    found = decided.find_veto(context.it.decisions)
    if found is None:
        return ()
    reason = f"{found.who} vetoed it on {_day(found.at)}{_because(found)}"
    remedy, step = "promote another commit: a veto is permanent", NextStep("choose")
    return (GateResult("veto", passed=False, reason=reason, remedy=remedy, step=step, opened_by="another commit"),)


def held(context: Context) -> tuple[GateResult, ...]:
    """Nobody holds the service in this stage."""
    found = decided.current_hold(context.it.decisions, context.stage, context.it.now)
    if found is None:
        return ()
    until = f", until {_moment(found.expires_at)}" if found.expires_at else ""
    reason = f"{found.who} holds it since {_moment(found.at)}{until}{_because(found)}"
    remedy = f"promote-tui unhold {context.service} {context.stage} --reason WHY"
    step = NextStep("lift")
    return (GateResult("hold", passed=False, reason=reason, remedy=remedy, opens_at=found.expires_at, step=step),)


def soaked(context: Context) -> tuple[GateResult, ...]:
    """The code has been verified in the stage before for as long as the stage asks."""
    wanted = timedelta(seconds=context.rules.soak)
    if not wanted:
        return ()
    name, words = "soak", span(wanted)
    match context.verification:
        case VerifiedBy(at=at) | Observed(since=datetime() as at):
            opens = at + wanted
            if opens <= context.it.now:
                return (
                    GateResult(name, passed=True, reason=f"verified {span(context.it.now - at)} ago; {words} asked"),
                )
            reason = f"verified {span(context.it.now - at)} ago; {words} asked, so from {_moment(opens)} on"
            wait = f"wait {span(opens - context.it.now)}"
            return (GateResult(name, passed=False, reason=reason, remedy=wait, opens_at=opens, opened_by="time"),)
        case None:
            return (GateResult(name, passed=True, reason="there is no stage before this one"),)
        case _:
            reason = f"when it was verified in the stage before is not known, and {words} are asked"
            return (GateResult(name, passed=False, reason=reason, remedy="promote it to the stage before once more"),)


def unfrozen(context: Context) -> tuple[GateResult, ...]:
    """No freeze holds now."""
    if not context.rules.freezes:
        return ()
    found = freezes.current_freeze(context.rules.freezes, context.it.now)
    if found is None:
        begins = (at for each in context.rules.freezes if (at := freezes.next_beginning(each, context.it.now)))
        following = min(begins, default=None)
        reason = f"the next freeze begins {_moment(following)}" if following else "no freeze is to come"
        return (GateResult("freeze", passed=True, reason=reason),)
    freeze, end = found
    local = end.astimezone(ZoneInfo(freeze.timezone))
    why = f"{freeze.reason}, " if freeze.reason else ""
    reason = f"frozen: {why}until {local:%a %d %b %H:%M} {freeze.timezone} ({end:%H:%M} UTC)"
    remedy = f"wait until {_moment(end)}"
    return (GateResult("freeze", passed=False, reason=reason, remedy=remedy, opens_at=end, opened_by="time"),)


def approved(context: Context) -> tuple[GateResult, ...]:
    """Enough people other than who promotes have approved this code for this stage."""
    rule = context.rules.approvals
    if rule is None:
        return ()
    name, remedy = "approvals", f"ask somebody else for: promote-tui approve {context.asked}"
    if context.it.problem or context.it.promoter is None:
        reason = context.it.problem or "who promotes is not known, so nobody can be told to be somebody else"
        return (GateResult(name, passed=False, reason=reason, remedy="fix that, then plan again"),)
    promoter = person(context.it.promoter, context.it.trusted)
    found = tally_approvals(rule, context.it.decisions, context.stage, promoter, context.it.trusted)
    if found.enough:
        return (GateResult(name, passed=True, reason=f"{', '.join(found.given)} approved it{found.notes}"),)
    reason = f"{found.count}{found.notes}"
    return (GateResult(name, passed=False, reason=reason, remedy=remedy, step=NextStep("approve")),)


def listed(context: Context) -> tuple[GateResult, ...]:
    """Every item of the checklist is ticked for this code."""
    items = context.rules.checklist
    if not items:
        return ()
    ticked = decided.ticks_by_item(context.it.decisions, context.stage)
    missing = [item for item in items if item not in ticked]
    done = [f"{item} ({_ticked(ticked[item])})" for item in items if item in ticked]
    if not missing and not context.it.problem:
        return (GateResult("checklist", passed=True, reason="; ".join(done)),)
    reason = context.it.problem or f"{len(done)} of {plural(len(items), 'item')} ticked; missing: {'; '.join(missing)}"
    item = missing[0] if missing else items[0]
    remedy = f'promote-tui check "{item}" {context.asked}'
    step = NextStep("tick", tuple(missing)) if missing else None
    return (GateResult("checklist", passed=False, reason=reason, remedy=remedy, step=step),)


def checked(context: Context) -> tuple[GateResult, ...]:
    """Every check has passed on this code."""
    if not context.rules.checks:
        return ()
    ended = decided.checks_by_command(context.it.decisions)
    wanted = {command_key(argv): ended.get(command_key(argv)) for argv in context.rules.checks}
    failed = [f"{words} failed {_moment(each.at)}" for words, each in wanted.items() if each and not each.passed]
    missing = [words for words, each in wanted.items() if each is None]
    if not failed and not missing and not context.it.problem:
        return (GateResult("checks", passed=True, reason=f"passed: {', '.join(wanted)}"),)
    never = [f"not run on this code: {', '.join(missing)}"] if missing else []
    reason = context.it.problem or "; ".join((*failed, *never))
    remedy = f"promote-tui check --run {context.asked}"
    return (GateResult("checks", passed=False, reason=reason, remedy=remedy, step=NextStep("checks")),)


def calm(context: Context) -> tuple[GateResult, ...]:
    """No alarm that the stage names is anything but OK."""
    if not context.rules.alarms:
        return ()
    wrong = unhealthy_alarms(context.rules.alarms, context.it.alarms)
    if not wrong:
        return (GateResult("alarms", passed=True, reason=f"OK: {', '.join(context.rules.alarms)}"),)
    return (GateResult("alarms", passed=False, reason="; ".join(wrong), remedy="look into the alarm, then plan again"),)


def unhealthy_alarms(names: tuple[str, ...], found: tuple[Alarm, ...], *, fatal: bool = False) -> list[str]:
    """Return what is wrong with the alarms of these names; `fatal`: only with those that have gone off."""
    known = {each.name: each for each in found}
    asked = [known.get(name, Alarm(name, None, "was not asked")) for name in names]
    return [words for each in asked if (words := _alarm(each)) and (not fatal or each.state == "ALARM")]


def signed(context: Context) -> tuple[GateResult, ...]:
    """The commit is signed by a key that git trusts."""
    if not context.rules.signed:
        return ()
    found = context.it.signature or Signature("none", problem="its signature was not checked")
    if found.status == "good":
        return (GateResult("signed", passed=True, reason=f"signed by {found.signer}"),)
    reason = (
        found.problem
        or {
            "none": f"{short(context.commit)} is not signed",
            "bad": f"the signature of {short(context.commit)} is bad",
            "unknown": f"signed by {found.signer or 'a key'}, which git does not trust here",
        }[found.status]
    )
    remedy = "sign it, or let git know the key (gpg.ssh.allowedSignersFile, or gpg --import)"
    return (GateResult("signed", passed=False, reason=reason, remedy=remedy),)


def pushed(context: Context) -> tuple[GateResult, ...]:
    """The commit is on a branch of the repository's remote, where others can find it."""
    if not context.rules.pushed:
        return ()
    if not context.it.remote:
        reason = "the repository has no remote that it could be pushed to"
        return (GateResult("pushed", passed=False, reason=reason, remedy="git remote add origin URL; git push"),)
    if not context.it.tracks:
        reason = "whether it was pushed cannot be told: a bare clone has no branches of its remote's"
        return (GateResult("pushed", passed=False, reason=reason, remedy=_TRACK),)
    if context.containing:
        return (GateResult("pushed", passed=True, reason=f"on the remote's {context.containing[0]}"),)
    reason = f"{short(context.commit)} is on no branch of the remote"
    return (GateResult("pushed", passed=False, reason=reason, remedy="git push, then plan again"),)


def command_key(argv: tuple[str, ...]) -> str:
    """Return under which words the end of a check is written down."""
    return shlex.join(argv)


def _ticked(decision: Decision) -> str:
    said = f"{decision.on_behalf}, told by {decision.who}" if decision.on_behalf else decision.who
    return f"{said}: {decision.evidence}" if decision.evidence else said


def _alarm(alarm: Alarm) -> str:
    """Return what is wrong with an alarm; empty where nothing is."""
    if alarm.state is None:
        return f"{alarm.name} cannot be read: {alarm.problem}"
    return "" if alarm.state == "OK" else f"{alarm.name} is {alarm.state}"


def _because(decision: Decision) -> str:
    return f": {decision.reason}" if decision.reason else ""


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%a %d %b %H:%M} UTC"
