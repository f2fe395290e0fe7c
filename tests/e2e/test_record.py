"""The record of two promotions and a rollback, handed on and measured."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.waiting import until

if TYPE_CHECKING:
    from tests.support.workspace import Workspace

pytestmark = pytest.mark.aws


def named(name: str) -> dict[str, Any]:
    return {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}}}


def test_a_record_is_exported_with_its_gaps_and_measured(workspace: Workspace) -> None:
    old = workspace.commit("Begin")
    workspace.adopted("dev", old)
    workspace.adopted("staging", old)
    good = workspace.commit("Good", named("good"))
    assert workspace.promote("dev").returncode == 0
    bad = workspace.commit("Bad", named("bad"))
    assert workspace.promote("dev").returncode == 0
    between = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)  # times are told to a second
    until(lambda: datetime.now(UTC) > between, "the rollback begins in another second")
    back = workspace.run("rollback", "orders", "--stage", "dev", "--yes", "--reason", "=it lost orders")
    assert back.returncode == 0, back.stderr

    told = workspace.run("runs", "export", "--stage", "dev")
    rows = list(csv.DictReader(io.StringIO(told.stdout)))
    runs, gaps = [row for row in rows if row["kind"] != "gap"], [row["reason"] for row in rows if row["kind"] == "gap"]
    assert [(run["kind"], run["from"], run["to"], run["status"]) for run in runs] == [
        ("rollback", bad, good, "succeeded"),
        ("normal", good, bad, "succeeded"),
        ("normal", old, good, "succeeded"),
    ]
    assert runs[0]["reason"] == "'=it lost orders"
    assert {run["stack"] for run in runs} == {"orders-dev"}
    assert all(" open: " in run["gates"] for run in runs)
    assert [words.partition(",")[0] for words in gaps] == [
        "runs of other machines are not in this ledger",
        f"nothing is on record before {runs[-1]['started_at'][:16].replace('T', ' ')} UTC",
        f"how {old[:7]} got to orders/dev before its first run",
    ]
    assert told.stderr.splitlines() == [f"gap: {words}" for words in gaps]
    who = runs[0]["who"]
    document = workspace.json("runs", "export", "--who", who, "--since", "1h")
    assert len(document["runs"]) == 3
    assert f"orders/staging runs {old[:7]}, and no run of it is on record" in document["gaps"]
    assert workspace.json("runs", "export", "--who", "nobody")["runs"] == []

    found = workspace.json("metrics", "--stage", "dev")
    assert found["counts"] == {
        "deployments": 2, "commits": 2, "deployed": 2, "failed": 1, "restored": 1, "not_restored": 0,
    }  # fmt: skip
    assert found["change_failure_rate"] == 0.5
    assert 0 <= found["lead_time"]["median"] < 3600
    assert 0 < found["time_to_restore"]["p90"] < 3600
    assert [words.partition(" before ")[0] for words in found["left_out"]] == ["everything"]
    assert "change failure rate   50%" in workspace.run("metrics", "orders", "--stage", "dev").stdout

    told_why = workspace.json("why", "orders", "dev")
    assert (told_why["commit"], told_why["run"]["id"], told_why["run"]["kind"]) == (good, runs[0]["id"], "rollback")
    assert told_why["proof"]["commit"] == good
    assert [event["kind"] for event in told_why["later"]] == ["held"]
    says = f"rolled back to it from {bad[:7]}"
    assert says in workspace.run("why", "orders", "dev").stdout
    moment = f"{between:%Y-%m-%dT%H:%M:%SZ}"
    then = workspace.json("why", "orders", "dev", "--at", moment)
    assert (then["commit"], then["run"]["id"]) == (bad, runs[1]["id"])
    assert [event["kind"] for event in then["later"]] == ["rolled_back", "held"]
    cells = workspace.json("status", "orders", "--at", moment)["services"][0]["stages"]
    assert (cells["dev"]["commit"], cells["dev"]["verified"], cells["dev"]["hold"]) == (bad, "verified", None)
    assert cells["staging"]["unknown"] == "no run of it is on record"
