"""A webhook receiver on loopback that answers, fails, hangs and hangs up; a topic on the emulator."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from promote_tui.adapters.aws.accounts import AwsAccounts
from promote_tui.adapters.aws.session import Limits
from promote_tui.adapters.notify import SIGNATURE, Notifications
from promote_tui.adapters.process.system import SystemClock
from promote_tui.core.errors import AwsError, DeployError
from promote_tui.core.model.channels import Slack, Sns, Webhook
from tests.support.aws_stacks import REGION, target, use_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

QUICK = Limits(connect=30, read=60, attempts=1, patience=0.3)
SECRET = "T0-canary-8812"


class Receiver(BaseHTTPRequestHandler):
    """Does as its path says: /STATUS, /hang, /hang-up."""

    heard: list[tuple[str, Any]]
    signatures: list[str | None]
    bodies: list[bytes]
    over: threading.Event

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        word = self.path.split("/")[1]
        if word == "hang":
            self.over.wait(120)
        if word in {"hang", "hang-up"}:
            self.close_connection = True
            return
        self.signatures.append(self.headers[SIGNATURE])
        self.bodies.append(body)
        self.heard.append((self.headers["Content-Type"], json.loads(body)))
        self.send_response(int(word))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.heard, Receiver.over, Receiver.signatures, Receiver.bodies = [], threading.Event(), [], []
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        Receiver.over.set()
        server.shutdown()


def notifier(seconds: float = 60.0) -> Notifications:
    return Notifications(AwsAccounts(SystemClock(), QUICK), seconds=seconds)


def test_a_webhook_is_told_in_slacks_form(receiver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", f"{receiver}/200/{SECRET}")
    notifier().send(Slack("${HOOK}"), "✓ orders <prod> & more", target("orders", "1" * 12), b"{}")
    assert Receiver.heard == [("application/json", {"text": "✓ orders &lt;prod&gt; &amp; more"})]


def test_a_webhook_gets_plain_json_and_no_signature_without_a_secret(
    receiver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", f"{receiver}/204/{SECRET}")
    notifier().send(Webhook("${HOOK}"), "x", target("orders", "1" * 12), b'{"event": "veto"}')
    assert Receiver.heard == [("application/json", {"event": "veto"})]
    assert Receiver.signatures == [None]


def test_a_signed_post_proves_who_sent_it(receiver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", f"{receiver}/204")
    monkeypatch.setenv("HOOK_SECRET", "s3cret-canary")
    notifier().send(Webhook("${HOOK}", secret="${HOOK_SECRET}"), "x", target("orders", "1" * 12), b'{"a": 1}')
    (body,), (signature,) = Receiver.bodies, Receiver.signatures
    assert signature == f"sha256={hmac.new(b's3cret-canary', body, hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize("secret", [None, ""])
def test_nothing_is_posted_unsigned_where_a_signature_is_asked_for(
    secret: str | None, receiver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", f"{receiver}/204")
    if secret is not None:
        monkeypatch.setenv("HOOK_SECRET", secret)
    with pytest.raises(DeployError, match=r"\$\{HOOK_SECRET\} is (not set|empty) in the environment"):
        notifier().send(Webhook("${HOOK}", secret="${HOOK_SECRET}"), "x", target("orders", "1" * 12), b"{}")
    assert Receiver.heard == []


@pytest.mark.parametrize("kind", [Slack, Webhook])
@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("500", "it answered 500"),
        ("404", "it answered 404"),
        ("302", "it answered 302"),
        ("hang", r"it did not answer within 0\.3 s"),
        ("hang-up", "it does not answer"),
    ],
)
def test_a_webhook_that_fails_is_told_without_its_address(
    kind: type[Slack | Webhook], path: str, cause: str, receiver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", f"{receiver}/{path}/{SECRET}")
    with pytest.raises(DeployError, match=cause) as caught:
        notifier(0.3).send(kind("${HOOK}"), "x", target("orders", "1" * 12), b"{}")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("${NOT_SET}", r"\$\{NOT_SET\} is not set in the environment"),
        (f"http://hooks.example/{SECRET}", "its address is not https"),
        (f"https://[{SECRET}", "it"),
    ],
)
def test_an_address_that_is_none_is_told_without_it(url: str, cause: str) -> None:
    with pytest.raises(DeployError, match=cause) as caught:
        notifier().send(Slack(url), "x", target("orders", "1" * 12), b"{}")
    assert SECRET not in str(caught.value)


@pytest.mark.aws
def test_a_topic_is_told_in_its_own_region(
    aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    keys = {"aws_access_key_id": account, "aws_secret_access_key": "x", "region_name": "eu-central-1"}
    sns, sqs = (boto3.client(name, endpoint_url=aws.url, **keys) for name in ("sns", "sqs"))  # type: ignore[call-overload]
    topic = sns.create_topic(Name="ops")["TopicArn"]
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    assert REGION != "eu-central-1"
    notifier().send(Sns(topic), "✓ orders prod", target("orders", account), b"{}")
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    assert json.loads(message["Body"])["Message"] == "✓ orders prod"


@pytest.mark.aws
def test_a_topic_that_is_gone_is_an_error(
    aws: Emulator, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_profiles(tmp_path / "config", aws.url, monkeypatch, account)
    with pytest.raises(AwsError):
        notifier().send(Sns(f"arn:aws:sns:{REGION}:{account}:gone"), "x", target("orders", account), b"{}")
