"""Who hears of runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block
from promote_tui.core.model import channels


class _Heard(Block):
    events: list[Literal["started", "succeeded", "failed", "approval_wanted", "external_update"]] | None = Field(
        None, min_length=1, description="Events to notify of; default: all (a bell rings only when a run ends)."
    )


class Slack(_Heard):
    """A Slack-compatible webhook."""

    slack: f.Webhook = Field(description="Its URL, best as ${VAR}.")


class Sns(_Heard):
    """An SNS topic."""

    sns: f.Topic = Field(description="Its ARN.")


class Bell(_Heard):
    """The bell of the terminal that watches a run."""

    bell: Literal[True] = Field(description="Rings it.")


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return next((f"~{kind}" for kind in ("sns", "bell") if kind in value), "~slack")
    return "~sns" if isinstance(value, Sns) else "~bell" if isinstance(value, Bell) else "~slack"


Notify = Annotated[
    Annotated[Slack, Tag("~slack")] | Annotated[Sns, Tag("~sns")] | Annotated[Bell, Tag("~bell")], f.either(_kind)
]


def channel(wanted: Slack | Sns | Bell) -> channels.Channel:
    """Return a channel that people hear of runs by."""
    on = {"on": tuple(wanted.events)} if wanted.events else {}
    if isinstance(wanted, Slack):
        return channels.Slack(wanted.slack, **on)
    return channels.Sns(wanted.sns, **on) if isinstance(wanted, Sns) else channels.Bell(**on)
