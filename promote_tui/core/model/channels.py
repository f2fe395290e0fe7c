"""The channels that hear of runs and decisions: chats, webhooks, topics, the bell of the watching terminal."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.value import Value

Occasion: TypeAlias = Literal[
    "started",
    "succeeded",
    "failed",
    "approval_wanted",
    "external_update",
    "rollback",
    "hold",
    "unhold",
    "veto",
    "drift",
]
OCCASIONS: tuple[Occasion, ...] = ("started", "succeeded", "failed", "approval_wanted", "external_update")
EVERY_OCCASION: tuple[Occasion, ...] = (*OCCASIONS, "rollback", "hold", "unhold", "veto", "drift")


class Slack(Value):
    """A Slack-compatible webhook; the `${VAR}` of its `url`, which is secret, are read when something is sent."""

    url: str
    on: tuple[Occasion, ...] = OCCASIONS


def redact_url(template: str) -> str:
    """Return an address as it may be shown: itself where it names a variable, else hidden."""
    return template if "${" in template else "(hidden)"


class Webhook(Value):
    """An address that is sent JSON; `secret` is the `${VAR}` with what its posts are signed with (empty: they are not).

    `stages` and `services` are those that it hears of, all where they are empty.
    """

    url: str
    on: tuple[Occasion, ...] = EVERY_OCCASION
    stages: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    secret: str = ""


class Sns(Value):
    """An SNS topic by its ARN."""

    topic: str
    on: tuple[Occasion, ...] = OCCASIONS


class Bell(Value):
    """The bell of the terminal that watches."""

    on: tuple[Occasion, ...] = ("succeeded", "failed")


Channel: TypeAlias = Slack | Webhook | Sns | Bell
