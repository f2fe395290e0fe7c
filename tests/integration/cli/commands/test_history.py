"""`why` and `status --at`: the past as text and as JSON, from the ledger alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import Deployed, Unreachable
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.runs.events import (
    DeployCompleted,
    Event,
    NotSubmitted,
    Observed,
    Planned,
    Released,
    SmokeTested,
    Verified,
)
from promote_tui.core.value import replace
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.cli.conftest import CommandLine

HOUR = timedelta(hours=1)
NEW, OLD = world.sha("8d20b6e"), world.sha("2c7e914")
BOB = "arn:aws:iam::111111111111:user/bob"


def ran(
    engine: FakeEngine, run: str, stage: str, hours: float, to: str, *ended: Event, before: str | None = OLD
) -> None:
    """Write a run that began some hours ago into the ledger; without an ending it is proved an hour later."""
    target, at = world.target("orders", stage), world.NOW - hours * HOUR
    lease = engine.script.record.acquire(target.key, run)
    lease.append(
        Planned(
            at, run, "normal", "orders", stage, target.key, before, to, "Retry refunds", None, "UPDATE_COMPLETE", "e1",
            "f" * 64, "c" * 64, "ana", "arn:aws:iam::111111111111:user/ana", "weekly release",
        )
    )  # fmt: skip
    there = at + HOUR / 2
    proof = (
        Observed(there, "arn", "UPDATE_COMPLETE", to, "e9"),
        DeployCompleted(there, smoke=True),
        SmokeTested(at + HOUR, passed=True, reason="200"),
        Verified(at + HOUR),
    )
    for event in (*(ended or proof), Released(at + HOUR, lease.fence)):
        lease.append(event)
    lease.release()


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    found = world.pipeline()
    gated = replace(found.stages[2], rules=Rules(approvals=Approvals(2)))
    return FakeEngine(replace(found, stages=(*found.stages[:2], gated)), tmp_path)


@pytest.fixture
def recorded(engine: FakeEngine) -> FakeEngine:
    """orders: in prod an old commit for 100 hours, a newer one since 10 hours; on hold, approved by bob."""
    ran(engine, "p1", "prod", 100, OLD, before=None)
    ran(engine, "s1", "staging", 30, NEW)
    made = Decision(world.NOW - 11 * HOUR, "approve", "orders", "prod", NEW, "bob", BOB, "tried it")
    engine.script.record.append_decision(made)
    ran(engine, "p2", "prod", 10, NEW)
    held = Decision(world.NOW - 5 * HOUR, "hold", "orders", "prod", None, "bob", BOB, "incident 42")
    engine.script.record.append_decision(held)
    return engine


WHY = """\
By the record, orders/prod runs 8d20b6e "Retry refunds", since 2026-01-31 02:30 UTC.
ana promoted it from 2c7e914 on 2026-01-31 02:00 UTC, in run p2: weekly release.
bob approved it on 2026-01-31 01:00 UTC: tried it.
Its plan has the fingerprint ffffffffffff.
Proof: the stack was UPDATE_COMPLETE and named 8d20b6e; the smoke test passed: 200.
bob put the stage on hold on 2026-01-31 07:00 UTC: incident 42.
"""


def test_why_tells_how_a_commit_came_there(cli: CommandLine, recorded: FakeEngine) -> None:
    answer = cli("why", "orders", "prod")
    assert (answer.code, answer.out, answer.err) == (0, WHY, "")
    assert recorded.calls == []


def test_why_tells_of_an_earlier_moment_and_what_replaced_it(cli: CommandLine, recorded: FakeEngine) -> None:
    told = cli("why", "orders", "prod", "--at", "2d").out.splitlines()
    assert told[0] == (
        'By the record, orders/prod ran 2c7e914 "Retry refunds" at 2026-01-29 12:00 UTC, since 2026-01-27 08:30 UTC.'
    )
    assert told[-1] == "ana replaced it by 8d20b6e on 2026-01-31 02:00 UTC (run p2): weekly release."
    assert cli("why", "orders", "prod", "--at", "2w").out == (
        "It is unknown what ran in orders/prod at 2026-01-17 12:00 UTC: no record before 2026-01-27 08:00 UTC,"
        " when run p1 found nothing there.\n"
    )
    during = cli("why", "orders", "prod", "--at", "2026-01-31T02:10Z", "--json").json
    assert (during["state"], during["commit"], during["run"]["id"]) == ("running", OLD, "p1")
    assert [event["kind"] for event in during["later"]] == ["replaced"]


def test_why_as_json_holds_what_the_sentences_stand_on(cli: CommandLine, recorded: FakeEngine) -> None:
    told = cli("why", "orders", "prod", "--json").json
    assert told["sentences"] == WHY.splitlines()
    assert (told["at"], told["since"], told["commit"]) == ("2026-01-31T12:00:00Z", "2026-01-31T02:30:00Z", NEW)
    assert (told["run"]["id"], told["run"]["who"], told["run"]["from"]) == ("p2", "ana", OLD)
    assert [(each["who"], each["reason"]) for each in told["approvals"]] == [("bob", "tried it")]
    assert told["proof"]["smoke"] == {"passed": True, "reason": "200"}
    assert (told["proof"]["bake"], told["break_glass"], told["skipped"]) == (None, False, None)
    assert [(each["kind"], each["who"], each["reason"]) for each in told["later"]] == [("held", "bob", "incident 42")]


def test_why_says_what_is_unknown_and_exits_zero(cli: CommandLine, recorded: FakeEngine) -> None:
    target = recorded.pipeline.service("billing").target("prod")
    recorded.script.cells[target.service, target.stage] = CellView(Unreachable(target, "no answer", "try again"))
    answer = cli("why", "billing", "prod")
    assert (answer.code, answer.out) == (
        0,
        "It is unknown what runs in billing/prod: no run of it is on record, and no answer.\n",
    )
    told = cli("why", "billing", "prod", "--json").json
    assert (told["state"], told["commit"], told["run"], told["later"]) == ("unknown", None, None, [])
    assert told["unknown"] == "no run of it is on record"


def test_why_names_what_the_stack_runs_where_nothing_is_on_record(cli: CommandLine, recorded: FakeEngine) -> None:
    cell = recorded.script.cells["catalog", "prod"].cell
    assert isinstance(cell, Deployed)
    assert cli("why", "catalog", "prod").out == (
        f"By its stack, catalog/prod runs {cell.commit[:7]}; how it came there is unknown: no run of it is on record.\n"
    )
    told = cli("why", "catalog", "prod", "--json").json
    assert (told["state"], told["commit"], told["stack_commit"]) == ("unknown", None, cell.commit)
    assert cli("why", "catalog", "prod", "--at", "1h", "--json").json["stack_commit"] is None


MATRIX = """\
acme · at 2026-01-31 01:30 UTC, by the record

SERVICE  DEV        STAGING         PROD
orders   ? unknown  ● 8d20b6e  19h  ● 2c7e914  3d

orders/dev: no run of it is on record
orders/prod: approvals blocked for 8d20b6e: 1 of 2 approvals by bob
"""


def test_status_at_draws_the_matrix_of_that_moment(cli: CommandLine, recorded: FakeEngine) -> None:
    answer = cli("status", "orders", "--at", "2026-01-31T01:30Z")
    assert (answer.code, answer.out) == (0, MATRIX)
    assert answer.err.splitlines() == [
        "services, stages and gates are those of today's configuration",
        "stacks, alarms, branches and packages of that moment are not on record",
    ]
    assert recorded.calls == []


def test_status_at_shows_the_run_that_was_at_work_and_the_hold(cli: CommandLine, recorded: FakeEngine) -> None:
    working = cli("status", "orders", "--at", "2026-01-31T02:10Z").out
    assert "◐ 2c7e914" in working
    assert "orders/prod: run p2 was at work, to 8d20b6e, by ana" in working
    held = cli("--ascii", "status", "orders", "--at", "1h").out
    assert "# 8d20b6e" in held
    assert "orders/prod: hold blocked: on hold by bob since Sat 31 Jan 07:00 UTC: incident 42" in held


def test_status_at_as_json_says_the_moment_and_what_the_record_knows(cli: CommandLine, recorded: FakeEngine) -> None:
    told = cli("status", "orders", "--at", "2026-01-31T01:30Z", "--json").json
    assert (told["at"], told["stages"]) == ("2026-01-31T01:30:00Z", ["dev", "staging", "prod"])
    cells = told["services"][0]["stages"]
    assert (cells["dev"]["state"], cells["dev"]["verified"], cells["dev"]["commit"]) == ("unknown", "unknown", None)
    assert (cells["prod"]["commit"], cells["prod"]["run"], cells["prod"]["verified"]) == (OLD, "p1", "verified")
    assert (cells["prod"]["candidate"], cells["prod"]["hold"], cells["prod"]["running"]) == (NEW, None, None)
    assert cells["prod"]["gates"] == [{"name": "approvals", "passed": False, "reason": "1 of 2 approvals by bob"}]
    assert len(told["gaps"]) == 2
    before = cli("status", "orders", "--at", "2w", "--json").json["services"][0]["stages"]["prod"]
    assert before["unknown"] == "no record before 2026-01-27 08:00 UTC, when run p1 found nothing there"


def test_what_never_ran_is_told_from_what_is_unknown(cli: CommandLine, engine: FakeEngine) -> None:
    ran(engine, "d1", "dev", 5, NEW, NotSubmitted(world.NOW - 4.5 * HOUR, "stale"), before=None)
    cell = cli("status", "orders", "--at", "1h", "--json").json["services"][0]["stages"]["dev"]
    assert (cell["state"], cell["commit"], cell["unknown"]) == ("never", None, None)
    assert "○ never" in cli("status", "orders", "--at", "1h").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("why", "nobody", "prod"), "service nobody: there is no such service"),
        (("why", "orders", "mars"), "stage mars: there is no such stage; one of: dev, staging, prod"),
        (("why", "orders", "prod", "--at", "soon"), "soon: this is not a time"),
        (("why", "orders", "prod", "--at", "2030-01-01"), "2030-01-01: this is in the future; write a past time"),
        (("status", "--at", "2030-01-01"), "2030-01-01: this is in the future; write a past time"),
        (("status", "nobody", "--at", "1d"), "service nobody: there is no such service"),
        (("status", "--at", "1d", "--strict", "--exit-code"), "--strict and --exit-code: no stage is read or compared"),
        (("status", "--at", "1d", "--filter", "mine"), "--filter: no stage is read or compared with --at"),
        (("status", "--at", "1d", "--view", "mine"), "--view: no stage is read or compared with --at"),
    ],
)
def test_what_means_nothing_is_a_usage_error(cli: CommandLine, words: tuple[str, ...], says: str) -> None:
    answer = cli(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(says)


def test_a_ledger_that_cannot_be_read_is_one_line(
    cli: CommandLine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LedgerError("ledger", "it is damaged", "restore it")

    monkeypatch.setattr(type(engine.script.record), "newest_runs", fail)
    for words in (("why", "orders", "prod"), ("status", "--at", "1d")):
        answer = cli(*words)
        assert (answer.code, answer.out, answer.err) == (1, "", "ledger: it is damaged; restore it\n")
