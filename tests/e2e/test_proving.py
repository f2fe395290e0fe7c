"""After a real deploy: a smoke test on loopback, a CloudWatch alarm, and a stage that goes back by itself."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws

CANARY = "canary-of-the-webhook-77120"
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "second"}}}


class Health(BaseHTTPRequestHandler):
    """Answers with the statuses that are left, the last one for ever; what is posted is kept."""

    statuses: list[int]
    posted: list[str]

    def do_POST(self) -> None:
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
        self.send_response(200)
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def health() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/health"
        server.shutdown()


def test_a_failed_smoke_test_brings_the_stage_back_by_itself(workspace: Workspace, health: str) -> None:
    alarms = workspace.client("dev", "cloudwatch")
    alarms.put_metric_alarm(
        AlarmName="orders-errors",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    alarms.set_alarm_state(AlarmName="orders-errors", StateValue="ALARM", StateReason="test")
    content = yaml.safe_load(workspace.config.read_text(encoding="utf-8"))
    content["stages"][0] |= {"gates": {"alarms": ["orders-errors"]}, "bake": "2s", "on_failure": "rollback"}
    content["notify"] = [{"slack": "${HOOK}"}]
    workspace.environment["HOOK"], Health.posted = f"{health}/{CANARY}", []
    content["services"][0] |= {"smoke": {"url": "{output.Health}", "retries": 1, "wait": "1s"}}
    workspace.config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    good = workspace.commit("Work", outputs={"Health": {"Value": health}})
    refused = workspace.promote("dev")
    assert refused.returncode == 3
    assert "alarms: orders-errors is ALARM" in refused.stderr
    alarms.set_alarm_state(AlarmName="orders-errors", StateValue="OK", StateReason="test")
    Health.statuses = [200]
    assert workspace.promote("dev").returncode == 0

    bad = workspace.commit("Break it", TOPIC, outputs={"Health": {"Value": health}})
    Health.statuses = [500, 503, 200]
    done = workspace.promote("dev")
    assert done.returncode == 1, done.stderr
    assert f"the smoke test failed (2 tries): {health}: it answered 503, 200 is expected" in done.stderr
    assert "bake passed: orders-errors stayed OK for 2s" in done.stderr
    back, failed = workspace.json("runs")["runs"][:2]
    assert (failed["status"], failed["to"], back["status"], back["kind"]) == ("failed", bad, "succeeded", "rollback")
    assert back["to"] == good
    assert workspace.deployed("dev") == good

    (plan,) = workspace.json("plan", "orders", "--to", "staging")["plans"]
    assert plan["commit"] == good
    refused = workspace.promote("dev")
    assert refused.returncode == 3
    assert f"{bad[:7]} was rolled back by run {back['id']}" in refused.stderr

    assert [text[0] for text in Health.posted] == ["▸", "✓", "▸", "✗", "▸", "✓"]
    assert Health.posted[3].endswith(f"(run {failed['id']})")
    assert f"run {back['id']} rolls it back" in Health.posted[3]
    state = workspace.folder / "home" / "state"
    kept = [path for path in state.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert kept == []
