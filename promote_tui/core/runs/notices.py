"""The notices of runs: on which occasions, to whom and in which words."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from promote_tui.core.model.channels import Bell, Channel, Occasion, Slack, Sns, Webhook
from promote_tui.core.runs.run import Outcome, Run
from promote_tui.core.text import clean, short
from promote_tui.core.value import Value, field

_LONGEST = 500
SIGNS: dict[Occasion, str] = {
    "started": "▸",
    "succeeded": "✓",
    "failed": "✗",
    "approval_wanted": "?",
    "external_update": "!",
    "rollback": "↩",
    "hold": "‖",
    "unhold": "▸",
    "veto": "✗",
    "drift": "≠",
}


class About(Value):
    """What a notice is about; an empty `stage` is all of them, and what does not apply is empty."""

    services: tuple[str, ...] = ()
    stage: str = ""
    commit: str = ""
    subject: str = ""
    kind: str = ""
    run: str = ""
    status: str = ""
    release: str = ""
    who: str = ""
    reason: str = ""


class Notice(Value):
    """One notice: its occasion, its text in one line, and what it is about."""

    occasion: Occasion
    text: str
    about: About = field(default_factory=About)


def label(channel: Channel, number: int) -> str:
    """Return the name of a channel for messages about its failure: never its address, which is secret."""
    match channel:
        case Slack():
            return f"notify[{number}] (slack)"
        case Webhook():
            return f"notify[{number}] (webhook)"
        case Sns(topic=topic):
            return f"notify[{number}] (sns {topic.rpartition(':')[2]})"
        case Bell():
            return f"notify[{number}] (bell)"


def channels_for(
    channels: tuple[Channel, ...], occasion: Occasion, about: About | None = None
) -> list[tuple[int, Channel]]:
    """Return the channels that hear of an occasion, with their places in the configuration."""
    return [(number, channel) for number, channel in enumerate(channels) if _hears(channel, occasion, about or About())]


def _hears(channel: Channel, occasion: Occasion, about: About) -> bool:
    if occasion not in channel.on and not (about.kind == "rollback" and "rollback" in channel.on):
        return False
    if not isinstance(channel, Webhook):
        return True
    is_elsewhere = bool(channel.stages and about.stage) and about.stage not in channel.stages
    is_of_others = bool(channel.services and about.services) and not {*channel.services} & {*about.services}
    return not is_elsewhere and not is_of_others


def rings_bell(channels: tuple[Channel, ...], run: Run) -> bool:
    """Tell whether the terminal that watches rings its bell at a run's end."""
    notice = finished(run)
    return notice is not None and any(isinstance(each, Bell) for _, each in channels_for(channels, notice.occasion))


def started(run: Run) -> Notice | None:
    """Return the notice that a run has begun to deploy; None for one of a release, which tells of its own start."""
    if run.planned.release:
        return None
    return _of_run("started", run, f"deploying, by {run.promoter_words}")


def finished(run: Run) -> Notice | None:
    """Return the notice of a run's end.

    None before that, where nothing was submitted (nobody heard it start), and for one of a release that ended well: the
    release tells of its own end.
    """
    if run.planned.release and run.outcome is Outcome.VERIFIED:
        return None
    match run.outcome:
        case Outcome.PENDING:
            return None
        case Outcome.VERIFIED:
            words = f"{run.rollback_words}; {run.stage} is on hold until lifted" if run.rollback_words else "verified"
            return _of_run("succeeded", run, f"{words}, by {run.promoter_words}")
        case Outcome.NOT_SUBMITTED:
            return None
        case _:
            back = f"; run {run.rollback} rolls it back" if run.rollback else ""
            words = f"{run.status.value.replace('_', ' ')}, by {run.promoter_words}: {run.cause}{back}"
            return _of_run("failed", run, words)


def approval_requested(service: str, stage: str, commit: str, subject: str, who: str, reason: str) -> Notice:  # noqa: PLR0913, PLR0917 - all that is asked
    """Return the notice that an approval is wanted, with the command that gives it."""
    because = f": {reason}" if reason else ""
    how = f"promote-tui approve {service} --to {stage} --commit {short(commit)}"
    words = f"{who} asks for approval{because}. {how}"
    about = About((service,), stage, commit, subject, who=who, reason=reason)
    return Notice("approval_wanted", _text("approval_wanted", f"{service} {stage}", commit, subject, words), about)


def external_update(run: Run, *, is_against_rule: bool) -> Notice:
    """Return the notice of an update that was put on record; `is_against_rule`: only sync may deploy there."""
    commit = f", to {short(run.to_commit)}" if run.to_commit else ""
    rule = "; only sync may deploy there" if is_against_rule else ""
    words = f"updated outside of promote-tui by {run.planned.who or 'somebody unknown'}{commit}{rule} (run {run.id})"
    where = f"{run.service} {run.stage}"
    return Notice("external_update", clean(f"{SIGNS['external_update']} {where}: {words}", limit=_LONGEST), _about(run))


def _of_run(occasion: Occasion, run: Run, words: str) -> Notice:
    return Notice(occasion, _line(occasion, run, words), _about(run))


def _about(run: Run) -> About:
    planned = run.planned
    return About(
        services=(run.service,),
        stage=run.stage,
        commit=run.to_commit,
        subject=planned.subject,
        kind=run.kind,
        run=run.id,
        status=run.status.value,
        release=planned.release,
        who=planned.who,
        reason=planned.reason,
    )


def _line(occasion: Occasion, run: Run, words: str) -> str:
    kind = "" if run.kind == "normal" or run.rollback_words else f"{run.kind}, "
    passed = "".join(f"; overrides {each.gate}: {each.reason}" for each in run.planned.overrides)
    where = f"{run.service} {run.stage}"
    return _text(occasion, where, run.to_commit, run.planned.subject, f"{kind}{words} (run {run.id}){passed}")


def _text(occasion: Occasion, where: str, commit: str, subject: str, words: str) -> str:
    return clean(f"{SIGNS[occasion]} {where} {short(commit)} {subject[:80]}: {words}", limit=_LONGEST)


def for_slack(text: str) -> str:
    """Return the text with everything escaped that Slack would act on (Slack, "Formatting text for app surfaces")."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"@(?=here|channel|everyone)", "@\u200b", escaped)


def plain_http(url: str) -> bool:
    """Tell whether an address is not encrypted and leads off this machine."""
    parts = urlsplit(url)
    return parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}
