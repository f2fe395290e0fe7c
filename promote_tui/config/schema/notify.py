"""Who hears of runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block
from promote_tui.core.model import channels


class _Heard(Block):
    events: list[channels.Occasion] | None = Field(
        None,
        min_length=1,
        description="Events to notify of; default: of a webhook all, of the others those of runs and approvals"
        " (a bell rings only when a run ends).",
    )


class Slack(_Heard):
    """A Slack-compatible webhook."""

    slack: f.Webhook = Field(description="Its URL, best as ${VAR}.")


class Webhook(_Heard):
    """An address that is sent plain JSON."""

    webhook: f.Webhook = Field(description="Its URL, best as ${VAR}.")
    stages: list[str] | None = Field(None, min_length=1, description="The stages that it hears of; default: all.")
    services: list[str] | None = Field(None, min_length=1, description="The services that it hears of; default: all.")
    secret: f.SecretVariable | None = Field(None, description="${VAR} of what its posts are signed with (HMAC-SHA256).")


class Sns(_Heard):
    """An SNS topic."""

    sns: f.Topic = Field(description="Its ARN.")


class Bell(_Heard):
    """The bell of the terminal that watches a run."""

    bell: Literal[True] = Field(description="Rings it.")


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return next((f"~{kind}" for kind in ("sns", "bell", "webhook") if kind in value), "~slack")
    return f"~{type(value).__name__.lower()}"


Notify = Annotated[
    Annotated[Slack, Tag("~slack")]
    | Annotated[Webhook, Tag("~webhook")]
    | Annotated[Sns, Tag("~sns")]
    | Annotated[Bell, Tag("~bell")],
    f.either(_kind),
]


def channel(wanted: Slack | Webhook | Sns | Bell) -> channels.Channel:
    """Return a channel that people hear of runs by."""
    on = {"on": tuple(wanted.events)} if wanted.events else {}
    if isinstance(wanted, Webhook):
        stages, services = tuple(wanted.stages or ()), tuple(wanted.services or ())
        return channels.Webhook(wanted.webhook, **on, stages=stages, services=services, secret=wanted.secret or "")
    if isinstance(wanted, Slack):
        return channels.Slack(wanted.slack, **on)
    return channels.Sns(wanted.sns, **on) if isinstance(wanted, Sns) else channels.Bell(**on)
