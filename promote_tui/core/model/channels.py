"""The channels that hear of runs: a webhook, a topic, the bell of the watching terminal."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.value import Value

Occasion: TypeAlias = Literal["started", "succeeded", "failed", "approval_wanted", "external_update"]
OCCASIONS: tuple[Occasion, ...] = ("started", "succeeded", "failed", "approval_wanted", "external_update")


class Slack(Value):
    """A Slack-compatible webhook; the `${VAR}` of its `url`, which is secret, are read when something is sent."""

    url: str
    on: tuple[Occasion, ...] = OCCASIONS


def redact_url(template: str) -> str:
    """Return an address as it may be shown: itself where it names a variable, else hidden."""
    return template if "${" in template else "(hidden)"


class Sns(Value):
    """An SNS topic by its ARN."""

    topic: str
    on: tuple[Occasion, ...] = OCCASIONS


class Bell(Value):
    """The bell of the terminal that watches."""

    on: tuple[Occasion, ...] = ("succeeded", "failed")


Channel: TypeAlias = Slack | Sns | Bell
