"""`runs --who`, `runs export` and `metrics`."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.ledger.sqlite.database import LedgerFile
from promote_tui.adapters.ledger.sqlite.ledger import SqliteLedger
from promote_tui.adapters.process.system import SystemClock
from promote_tui.bootstrap import break_glass_folder
from promote_tui.core.runs.events import OverrideRecord
from promote_tui.core.value import replace
from tests.integration.cli.conftest import calls
from tests.support.fakes import world
from tests.support.fakes.engine import planned, story

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine


@pytest.fixture
def recorded(engine: FakeEngine) -> FakeEngine:
    """A run of ana's that succeeded, and one of eve's with a hostile reason that has not ended."""
    plan = world.plan(world.draft())
    first = replace(
        planned("g1", plan, world.NOW - timedelta(days=2)), who="ana", policy="remote (origin/main@1a2b3c4)"
    )
    second = replace(
        planned("g2", plan, world.NOW - timedelta(days=1)),
        who="eve",
        reason='=HYPERLINK("http://x") \x1b[31m',
        overrides=(OverrideRecord("soak", "-1+1"),),
    )
    engine.append("g1", first, *story(first, "succeeded"))
    engine.append("g2", second)
    return engine


@pytest.mark.usefixtures("recorded")
def test_runs_of_one_person_are_listed(cli: CommandLine) -> None:
    assert [run["id"] for run in cli("runs", "--who", "eve", "--json").json["runs"]] == ["g2"]
    assert cli("runs", "--who", "ev").err == "no runs\n"


MISSING = [
    "runs of other machines are not in this ledger",
    "nothing is on record before 2026-01-29 12:00 UTC",
    "how 2c7e914 got to orders/prod before its first run, 2026-01-29 12:00 UTC",
    "run g2 of orders to prod has not ended",
]


@pytest.mark.usefixtures("recorded")
def test_the_record_is_exported_for_a_spreadsheet_that_acts_on_nothing(cli: CommandLine) -> None:
    answer = cli("runs", "export")
    rows = list(csv.DictReader(io.StringIO(answer.out, newline="")))
    assert [(row["id"], row["kind"]) for row in rows] == [("g2", "normal"), ("g1", "normal"), *[("", "gap")] * 4]
    assert rows[0]["reason"].startswith("'=HYPERLINK")
    assert "\x1b" not in answer.out
    assert rows[0]["overrides"] == "soak: -1+1"
    assert rows[1]["policy"] == "remote (origin/main@1a2b3c4)"
    assert (rows[1]["account"], rows[1]["region"], rows[1]["stack"]) == ("333333333333", "eu-west-1", "orders-prod")
    assert rows[1]["gates"].startswith("stage order open: ")
    assert [row["reason"] for row in rows[2:]] == MISSING
    assert answer.err.splitlines() == [f"gap: {words}" for words in MISSING]


@pytest.mark.usefixtures("recorded")
def test_lines_of_csv_end_as_rfc_4180_has_it(cli: CommandLine) -> None:
    out = cli("runs", "export").out
    assert out.count("\r\n") == out.count("\n") == 7


@pytest.mark.parametrize("reason", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\uff1d1", "\n-1"])
def test_no_cell_begins_like_a_formula(cli: CommandLine, engine: FakeEngine, reason: str) -> None:
    first = planned("g1", world.plan(world.draft()), world.NOW)
    engine.append("g1", replace(first, reason=reason, who=reason, subject=reason))
    row = next(csv.DictReader(io.StringIO(cli("runs", "export").out, newline="")))
    assert {row[name][0] for name in ("reason", "who", "subject")} == {"'"}


@pytest.mark.usefixtures("recorded")
def test_the_record_is_exported_as_json_with_its_gaps(cli: CommandLine) -> None:
    document = cli("runs", "export", "--format", "json", "--since", "36h").json
    assert (document["schema"], [run["id"] for run in document["runs"]]) == (1, ["g2"])
    assert document["gaps"] == [MISSING[0], MISSING[3]]
    (run,) = cli("runs", "export", "--json", "--who", "ana").json["runs"]
    assert (run["id"], run["outcome"], run["cause"]) == ("g1", "verified", None)
    assert run["gates"][0]["passed"] is True
    assert {*cli("runs", "--json").json["runs"][0]} < {*run}


def test_options_before_the_name_of_a_command_are_refused_and_not_passed_over(cli: CommandLine) -> None:
    answer = cli("runs", "--who", "ana", "export")
    cause = "runs export: its options are before its name, where they have no effect"
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"{cause}; write promote-tui runs export, then the options\n"
    assert cli("runs", "export").code == 0


def test_a_record_of_many_pages_is_exported_whole(cli: CommandLine, engine: FakeEngine) -> None:
    plan = world.plan(world.draft())
    for number in range(230):
        engine.add_run(f"g{number:04d}", plan)
    assert len(cli("runs", "export", "--format", "json").json["runs"]) == 230


def test_a_rollback_without_the_ledger_is_a_gap_until_it_is_imported(cli: CommandLine) -> None:
    lease = SqliteLedger(LedgerFile(break_glass_folder()), "acme", SystemClock()).acquire("k", "g1")
    lease.append(replace(planned("g1", world.plan(world.draft()), world.NOW), key="k"))
    lease.abandon()
    assert "1 rollback without the team's ledger" in cli("runs", "export").err


def test_figures_are_told_with_their_definitions(cli: CommandLine, recorded: FakeEngine) -> None:
    out = cli("metrics", "orders").out
    assert out.splitlines()[0] == "prod, 2025-11-02 to 2026-01-31"
    assert "deployment frequency  0.1 a week  1 deployment" in out
    assert "time to restore       none        0 failures, 0 not restored yet" in out
    assert "left out: 1 run without a verdict" in out.splitlines()
    assert "change failure rate   0%          0 of 1 deployed" in out
    assert "lead time: from when a commit was written to when the run that first" in out
    assert calls(recorded, "runs.metrics")[0][:2] == (("orders",), "prod")
    document = cli("metrics", "--json", "--stage", "dev", "--since", "7d").json
    assert (document["schema"], document["stage"], document["lead_time"]) == (1, "dev", None)
    assert document["counts"]["deployments"] == 1
    assert "1 run without a verdict" in document["left_out"]


def test_figures_of_a_time_that_ends_before_it_begins_are_refused(cli: CommandLine) -> None:
    answer = cli("metrics", "--since", "7d", "--until", "30d")
    assert (answer.code, answer.err) == (
        2,
        "metrics: the period ends before it begins; set --since before --until\n",
    )


def test_figures_of_no_stage_are_refused(cli: CommandLine) -> None:
    assert cli("metrics", "nothing").code == 2
