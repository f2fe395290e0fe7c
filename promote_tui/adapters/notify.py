"""Sends notices: to a Slack-compatible webhook, to one that takes plain JSON, or to an SNS topic.

Addresses are secret, and in no message.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
from typing import TYPE_CHECKING

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.adapters.http import open_url, why
from promote_tui.core.errors import DeployError
from promote_tui.core.model.channels import Slack, Sns, Webhook
from promote_tui.core.model.placeholders import fill_variables
from promote_tui.core.runs.notices import for_slack, plain_http

if TYPE_CHECKING:
    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.core.model.channels import Channel
    from promote_tui.core.model.pipeline import Target

_SUBJECT = 100
"""Characters that SNS takes as a subject."""
_OK = 300
SIGNATURE = "X-Promote-Tui-Signature"
"""The header of a post that is signed: `sha256=` and the hex HMAC of its body."""
_ARN_COLONS = 5
"""An ARN has a region behind its third colon, and five colons at least."""


class Notifications:
    """The Notifier port."""

    def __init__(self, accounts: AwsAccounts, *, seconds: float = 5.0) -> None:
        self._accounts = accounts
        self._seconds = seconds

    def send(self, channel: Channel, text: str, target: Target, payload: bytes) -> None:
        """Send a line, or to a webhook the payload; raises DeployError or AwsError, which name no address."""
        match channel:
            case Slack(url=template):
                self._post(_filled(template), json.dumps({"text": for_slack(text)}).encode())
            case Webhook(url=template, secret=secret):
                self._post(_filled(template), payload, _signature(secret, payload))
            case Sns(topic=template):
                topic = _filled(template)
                region = topic.split(":")[3] if topic.count(":") >= _ARN_COLONS else target.aws.region
                call_checked(
                    self._accounts,
                    target,
                    lambda session: session.client("sns", region).publish(
                        TopicArn=topic, Message=text, Subject=_ascii(text)
                    ),
                )

    def _post(self, url: str, body: bytes, signature: dict[str, str] | None = None) -> None:
        headers = {"Content-Type": "application/json", **(signature or {})}
        try:
            if plain_http(url):
                raise DeployError("notify", "its address is not https", "use the webhook's https address")
            with contextlib.closing(open_url(url, self._seconds, body, headers)) as answer:
                status = answer.status
        except (OSError, ValueError) as error:
            remedy = "check the address and the network"
            raise DeployError("notify", why(error, self._seconds), remedy) from None  # the cause may hold the address
        if status >= _OK:
            raise DeployError("notify", f"it answered {status}", "check whether the webhook still exists")


def _signature(secret: str, body: bytes) -> dict[str, str]:
    """Return the header by which a receiver knows who sent a body; none where the webhook has no secret."""
    if not secret:
        return {}
    key = _filled(secret)
    if not key:
        raise DeployError("notify", f"{secret} is empty in the environment", "export the webhook's secret")
    return {SIGNATURE: f"sha256={hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}"}


def _filled(template: str) -> str:
    try:
        return fill_variables(template, os.environ)
    except KeyError as missing:
        (name,) = missing.args
        raise DeployError("notify", f"${{{name}}} is not set in the environment", f"export {name}") from None


def _ascii(text: str) -> str:
    """Return the beginning of a line as a subject: ASCII, beginning with a letter or a number."""
    return text.encode("ascii", "ignore").decode().lstrip(" ?")[:_SUBJECT] or "promote-tui"
