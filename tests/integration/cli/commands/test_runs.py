"""`runs`, `attach`, `cancel`, `logs`: the past, and what goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.cli.text import runs as history
from promote_tui.cli.text.narration import narrate
from promote_tui.cli.text.style import Style
from promote_tui.core.errors import Refused
from promote_tui.core.gates.options import PromotionOptions
from promote_tui.core.releases import events as releases
from promote_tui.core.runs.events import GateRecord, Observed
from promote_tui.core.value import replace
from promote_tui.ports import RunFilter
from tests.integration.cli.conftest import calls
from tests.support.fakes import world
from tests.support.fakes.engine import planned as planned_run
from tests.support.fakes.engine.runs import FakeRuns
from tests.support.values import NOW, STACK_ID, A, verified_run

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

RUNS = """\
RUN     STATUS         KIND    SERVICE  STAGE    FROM     TO       WHO  AGE  TOOK
m4tt0c  ◐ running      normal  emails   dev      2c7e914  8d20b6e  ana   2h
hq7xyz  ✓ succeeded    normal  billing  staging  2c7e914  8d20b6e  ana   2h  1m38s
gk2m3p  ✗ rolled back  normal  orders   prod     2c7e914  8d20b6e  ana   2h  1m38s
"""


def test_runs_are_listed_newest_first(cli: CommandLine, past: FakeEngine) -> None:
    answer = cli("runs")
    assert past.clock.now() == world.NOW
    assert (answer.code, answer.out, answer.err) == (0, RUNS, "")


def test_no_runs_is_said_on_stderr(cli: CommandLine) -> None:
    assert (cli("runs").out, cli("runs").err) == ("", "no runs yet\n")
    assert cli("runs", "--stage", "prod").err == "no runs\n"
    assert cli("runs", "--json").json == {"schema": 1, "runs": [], "more": False, "releases": []}


def test_runs_json_has_the_promised_keys(cli: CommandLine, past: FakeEngine) -> None:
    assert len(past.runs.unfinished()) == 1
    runs = cli("runs", "--json").json["runs"]
    assert runs[2] == {
        "id": "gk2m3p",
        "kind": "normal",
        "service": "orders",
        "stage": "prod",
        "from": world.sha("2c7e914"),
        "from_unknown": False,
        "to": world.sha("8d20b6e"),
        "who": "ana",
        "arn": "arn:aws:sts::111111111111:assumed-role/dev/ana",
        "reason": "",
        "started_at": "2026-01-31T10:00:00Z",
        "ended_at": "2026-01-31T10:01:38Z",
        "status": "rolled_back",
        "overrides": [],
        "policy": None,
        "release": None,
        "started_by": "person",
    }
    assert [run["status"] for run in runs] == ["running", "succeeded", "rolled_back"]
    assert runs[0]["ended_at"] is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), RunFilter()),
        (("--live",), RunFilter(live=True)),
        (("--service", "orders", "--stage", "prod"), RunFilter(service="orders", stage="prod")),
        (("--since", "3d"), RunFilter(since=datetime(2026, 1, 28, 12, tzinfo=UTC))),
        (("--release", "autumn"), RunFilter(release="autumn")),
        (("--until", "2026-01-01T00:00Z"), RunFilter(until=datetime(2026, 1, 1, tzinfo=UTC))),
    ],
)
def test_runs_can_be_filtered(cli: CommandLine, past: FakeEngine, words: tuple[str, ...], expected: RunFilter) -> None:
    assert cli("runs", *words).code == 0
    assert calls(past, "runs.page")[0][0] == expected


@pytest.fixture
def released(past: FakeEngine) -> FakeEngine:
    """The engine with a release of three services, of which one run was verified and one failed."""
    at = world.NOW - timedelta(hours=1)
    services = ("orders", "billing", "web")
    members = tuple(releases.Member(name, world.sha("8d20b6e"), "Change", None) for name in services)
    planned = releases.ReleasePlanned(at, "autumn", "prod", "staging", members, (services,), (), "ana", "arn:ana")
    told: list[releases.ReleaseEvent] = [releases.ReleaseConfirmed(at, "lea", "arn:lea", "release autumn prod")]
    ends: tuple[tuple[str, str, releases.MemberOutcome], ...]
    ends = (("r1", "orders", "verified"), ("r2", "billing", "failed"))
    for run, service, outcome in ends:
        told += [
            releases.MemberStarted(at, service, run),
            releases.MemberEnded(at, service, run, outcome, "why"),
        ]
        first = planned_run(run, world.plan(world.draft(service, "prod")), at)
        past.append(run, replace(first, release="autumn"))
        past.finish(run, "succeeded" if outcome == "verified" else "failed")
    past.write_release("autumn", planned, *told)
    return past


RELEASED = """\
RUN     STATUS         KIND     SERVICE          STAGE    FROM     TO       WHO  AGE  TOOK
autumn  ◐ running      release  1 of 3 services  prod                       lea   1h
m4tt0c  ◐ running      normal   emails           dev      2c7e914  8d20b6e  ana   2h
hq7xyz  ✓ succeeded    normal   billing          staging  2c7e914  8d20b6e  ana   2h  1m38s
gk2m3p  ✗ rolled back  normal   orders           prod     2c7e914  8d20b6e  ana   2h  1m38s
"""


def test_a_release_is_one_entry_of_the_list(cli: CommandLine, released: FakeEngine) -> None:
    assert cli("runs").out == RELEASED
    newest = cli("runs", "-n", "1")
    assert len(newest.out.splitlines()) == 2
    assert newest.err.startswith("these are the newest 1; there are more")


def test_a_release_as_json_names_its_runs_which_stay_in_the_list(cli: CommandLine, released: FakeEngine) -> None:
    told = cli("runs", "--json").json
    assert [run["id"] for run in told["runs"]] == ["r2", "r1", "m4tt0c", "hq7xyz", "gk2m3p"]
    assert [run["release"] for run in told["runs"]] == ["autumn", "autumn", None, None, None]
    (entry,) = told["releases"]
    assert (entry["name"], entry["stage"], entry["status"]) == ("autumn", "prod", "running")
    assert (entry["verified"], entry["members"], entry["who"], entry["runs"]) == (1, 3, "lea", ["r2", "r1"])
    assert (entry["started_at"], entry["ended_at"]) == ("2026-01-31T11:00:00Z", None)


def test_a_release_that_has_ended_says_how_and_how_long_it_took(cli: CommandLine, released: FakeEngine) -> None:
    released.write_release("autumn", releases.ReleaseEnded(world.NOW - timedelta(minutes=30), "stopped"))
    row = cli("runs").out.splitlines()[1]
    assert row.startswith("autumn  ! stopped")
    assert row.endswith("lea   1h  30m00s")


def test_the_runs_of_a_release_are_listed_each_by_itself(cli: CommandLine, released: FakeEngine) -> None:
    told = cli("runs", "--release", "autumn")
    assert [line.split()[0] for line in told.out.splitlines()] == ["RUN", "r2", "r1"]
    assert "  release  autumn" in cli("runs", "show", "r1").out
    assert cli("runs", "--release", "autumn", "-n", "1", "--json").json["more"] is True
    assert cli("runs", "--release", "winter").err == "no runs\n"


def test_runs_reads_as_many_pages_as_are_asked_for(cli: CommandLine, engine: FakeEngine) -> None:
    plan = world.plan(world.draft("orders", "prod"))
    for number in range(130):
        engine.add_run(f"g{number:04d}", plan)
    first = cli("runs")
    assert len(first.out.splitlines()) == 21
    assert first.err == "these are the newest 20; there are more: -n N, or promote-tui runs export\n"
    assert cli("runs", "--json").json["more"] is True
    assert len(cli("runs", "-n", "120").out.splitlines()) == 121
    every = cli("runs", "-n", "130")
    assert (len(every.out.splitlines()), every.err) == (131, "")
    assert cli("runs", "-n", "130", "--json").json["more"] is False


def test_a_time_that_is_none_is_a_usage_error(cli: CommandLine) -> None:
    answer = cli("runs", "--since", "last week")
    assert (answer.code, answer.err) == (
        2,
        "last week: this is not a time; write 3d, 12h, 2026-03-01 or 2026-03-01T14:30\n",
    )


def test_runs_names_those_that_nobody_works_on(cli: CommandLine, past: FakeEngine) -> None:
    past.script.dead.add("m4tt0c")
    gone = "its process is gone, and it left no verdict"
    told = f"the verdict of run m4tt0c is unknown: {gone}"
    answer = cli("runs")
    assert answer.err == f"{told}; promote-tui runs reconcile m4tt0c\n"
    assert "m4tt0c  ? unknown " in answer.out
    assert cli("runs", "--json").json["runs"][0]["status"] == "unknown"
    assert cli("runs", "show", "m4", "--json").json["run"]["status"] == "unknown"
    shown = cli("runs", "show", "m4").out
    assert "? emails/dev: unknown (run m4tt0c)" in shown
    assert shown.endswith(f"  cause  {gone}\n  next   promote-tui runs reconcile m4tt0c\n")
    assert "attach" not in answer.out + answer.err + shown


SEEN = [
    (Observed(NOW, None, None, None, None, unread="no network"), "the stack could not be read: no network"),
    (Observed(NOW, None, None, None, "e9"), "the stack was deleted"),
    (Observed(NOW, None, None, None, None), "there is no stack"),
    (Observed(NOW, STACK_ID, "UPDATE_COMPLETE", A, "e9"), "the stack is UPDATE_COMPLETE and names aaaaaaa"),
]


@pytest.mark.parametrize(("seen", "says"), SEEN, ids=[says for _, says in SEEN])
def test_a_stack_that_could_not_be_read_is_not_one_that_is_gone(seen: Observed, says: str) -> None:
    assert narrate(seen, verified_run(A), Style(), "CLI") == f"    0s  {says}"


ADOPTED = replace(verified_run(A), planned=replace(verified_run(A).planned, kind="adopted", from_commit=""))
NAMED = [
    (None, "names no commit"),
    ("unknown", "names no commit"),
    ("ffb1775-dirty", "names ffb1775-dirty, which is not a commit"),
    (A, "names no commit"),
]


@pytest.mark.parametrize(("text", "says"), NAMED)
def test_an_adoption_tells_what_the_stack_named_and_not_what_was_adopted(text: str | None, says: str) -> None:
    seen = Observed(NOW, STACK_ID, "UPDATE_COMPLETE", text, "e9")
    assert narrate(seen, ADOPTED, Style(), "CLI") == f"    0s  the stack is UPDATE_COMPLETE and {says}"


@pytest.mark.parametrize(("passed", "basis"), [(True, "proved by its package"), (False, "on the word of ana")])
def test_an_adoption_says_what_it_stands_on_and_its_kind(passed: bool, basis: str) -> None:
    run = replace(ADOPTED, gates=(GateRecord("runs this package", passed, "compared"),))
    assert history.verdict_lines(run, Style(), alive=True) == [
        f"✓ {run.service}/{run.stage}: aaaaaaa was adopted, {basis} (run {run.id})"
    ]
    assert "✓ succeeded  adopted" in history.run_table([run], Style(), NOW)[1]


def test_a_run_that_goes_on_says_how_to_watch_it(cli: CommandLine, past: FakeEngine) -> None:
    assert past.script.dead == set()
    shown = cli("runs", "show", "m4tt0c").out
    assert shown.endswith("◐ emails/dev: running (run m4tt0c)\n  next  promote-tui attach m4tt0c\n")


SHOW = """\
run gk2m3p  ✗ rolled back
  target   orders/prod (333333333333/eu-west-1/orders-prod)
  commit   2c7e914 → 8d20b6e Move orders to a key by tenant
  who      ana (arn:aws:sts::111111111111:assumed-role/dev/ana)
  started  2026-01-31 10:00:00 UTC
  host     laptop
  command  npx osls deploy
  log      /state/run.log

    0s  run gk2m3p by ana: orders/prod from 2c7e914 to 8d20b6e
    1s  locked: process 4711 on laptop, fence 41
    4s  checked again: nothing changed, 1 gate passed
    5s  deploying: npx osls deploy
    5s  the Serverless CLI runs as process 4712
 1m35s  the Serverless CLI ended with exit code 1
 1m37s  the stack is UPDATE_ROLLBACK_COMPLETE and names 2c7e914
 1m38s  rolled back: OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: the table has a custom name
 1m39s  lock released

✗ orders/prod: rolled back (run gk2m3p)
  cause  OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: the table has a custom name
  now    2c7e914 runs there
  next   fix the cause, then promote again
  log    promote-tui logs gk2m3p
"""


def test_a_run_is_shown_in_full_by_the_beginning_of_its_id(cli: CommandLine, past: FakeEngine) -> None:
    assert past.ledger
    answer = cli("runs", "show", "gk")
    assert (answer.code, answer.out, answer.err) == (0, SHOW, "")


def test_a_run_in_json_holds_its_events(cli: CommandLine, past: FakeEngine) -> None:
    run = cli("runs", "show", "gk", "--json").json["run"]
    assert (run["outcome"], run["still_on"], run["live"]) == ("rolled_back", world.sha("2c7e914"), False)
    assert run["cause"].startswith("OrdersTable")
    assert [event["seq"] for event in run["events"]] == list(range(1, len(past.ledger["gk2m3p"]) + 1))
    assert [event["event"] for event in run["events"]][:2] == ["planned", "locked"]


def test_an_unknown_run_is_a_usage_error(cli: CommandLine) -> None:
    for words in (("runs", "show", "x"), ("attach", "x"), ("logs", "x"), ("cancel", "x"), ("runs", "reconcile", "x")):
        assert cli(*words).code == 2


@pytest.mark.parametrize(("run", "expected"), [("gk2m3p", 1), ("hq7xyz", 0)])
def test_attach_tells_a_run_from_its_beginning_with_its_verdict(
    cli: CommandLine, past: FakeEngine, run: str, expected: int
) -> None:
    answer = cli("attach", run[:3])
    assert (answer.code, answer.out) == (expected, "")
    assert len(answer.err.splitlines()) > len(past.ledger[run])


def test_a_rollback_says_where_it_went_and_how_the_hold_is_lifted(cli: CommandLine, past: FakeEngine) -> None:
    draft = replace(world.draft("orders", "prod"), options=PromotionOptions("rollback"))
    past.add_run("back01", world.plan(draft))
    assert "✓ rolled back to 8d20b6e" in cli("runs").out
    for words in (("attach", "back01"), ("runs", "show", "back01")):
        answer = cli(*words)
        told = answer.out + answer.err
        assert "orders/prod: rolled back to 8d20b6e (run back01" in told
        assert "the run put prod on hold, until somebody lifts it" in told
        assert "promote-tui unhold orders prod --reason" in told
        assert "verified; prod is on hold until lifted" in told


def test_cancel_says_what_will_happen(cli: CommandLine, past: FakeEngine) -> None:
    answer = cli("cancel", "m4")
    assert (answer.code, answer.out) == (0, "")
    assert answer.err == "run m4tt0c: stops before the deploy\n"
    assert calls(past, "runs.cancel") == [("m4tt0c",)]


def test_cancel_passes_a_refusal_on(cli: CommandLine, past: FakeEngine) -> None:
    past.script.errors["runs.cancel"] = Refused("run gk2m3p", "it has ended (rolled_back)")
    answer = cli("cancel", "gk2m3p")
    assert (answer.code, answer.err) == (3, "run gk2m3p: it has ended (rolled_back)\n")


@pytest.mark.parametrize("words", [("cancel", "m4tt0c"), ("runs", "reconcile", "m4tt0c"), ("prune",)])
def test_read_only_refuses_whatever_changes_something(
    cli: CommandLine, past: FakeEngine, words: tuple[str, ...]
) -> None:
    answer = cli("--read-only", *words)
    assert answer.code == 3
    assert answer.err.endswith("promote-tui was started with --read-only; run it without --read-only\n")
    assert past.calls == []


def test_reconcile_tells_the_verdict(cli: CommandLine, past: FakeEngine) -> None:
    answer = cli("runs", "reconcile", "gk")
    assert answer.code == 0
    assert answer.err.splitlines()[0] == "reading the stack"
    assert "✗ orders/prod: rolled back (run gk2m3p)" in answer.err
    assert calls(past, "runs.reconcile") == [("gk",)]


def test_reconcile_can_be_told_that_the_machine_is_gone(cli: CommandLine, past: FakeEngine) -> None:
    assert cli("runs", "reconcile", "gk", "--gone").code == 0
    assert calls(past, "runs.reconcile") == [("gk", "gone")]


def test_reconcile_frees_the_lock_of_a_run_that_wrote_nothing(
    cli: CommandLine, past: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeRuns, "reconcile", lambda _self, _run, _say, *, gone: None)
    assert past.ledger
    answer = cli("runs", "reconcile", "zzzzzz")
    assert answer.code == 0
    assert answer.err == "run zzzzzz: it ended before it wrote anything; nothing was deployed, its lock is free\n"


def test_reconcile_without_a_verdict_exits_1(
    cli: CommandLine, past: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeRuns, "reconcile", lambda self, run, _say, *, gone: self.find(run))
    assert past.runs.unfinished()
    assert cli("runs", "reconcile", "m4tt0c").code == 1


def test_logs_prints_the_log_without_anything_to_act_on(cli: CommandLine, past: FakeEngine) -> None:
    past.runs.log_file("gk2m3p").write_bytes(
        b"one\r\n\x1b[31mtwo\x1b[0m\n\x1b]52;c;aGk=\x07three\n\xff\xfe four\n\x1bPfive\x1b\\ \x9b31msix\nlast"
    )
    answer = cli("logs", "gk")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "one\ntwo\nthree\n\ufffd\ufffd four\nfive \ufffd31msix\nlast\n"


def test_a_line_without_end_does_not_fill_memory(cli: CommandLine, past: FakeEngine) -> None:
    past.runs.log_file("gk2m3p").write_bytes(b"x" * 1_000_000)
    out = cli("logs", "gk").out
    assert max(len(line) for line in out.splitlines()) <= 4_000


@pytest.mark.parametrize(
    ("machine", "words"),
    [("laptop", "there is no log"), ("elsewhere", "its log is on laptop")],
    ids=["here", "on another machine"],
)
def test_logs_of_a_run_without_a_log_says_so(
    cli: CommandLine, past: FakeEngine, monkeypatch: pytest.MonkeyPatch, machine: str, words: str
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: machine)
    assert not past.runs.log_file("gk2m3p").exists()
    answer = cli("logs", "gk")
    assert (answer.code, answer.err) == (1, f"run gk2m3p: {words}; promote-tui runs show gk2m3p\n")


def test_logs_can_follow_to_the_end(cli: CommandLine, past: FakeEngine) -> None:
    past.runs.log_file("gk2m3p").write_text("a\nb\n")
    answer = cli("logs", "gk", "-f")
    assert (answer.code, answer.out, answer.err) == (1, "a\nb\n", "")


@pytest.mark.parametrize("words", [("logs", "gk"), ("logs", "gk", "-f")], ids=" ".join)
def test_logs_says_why_a_log_cannot_be_read(cli: CommandLine, past: FakeEngine, words: tuple[str, ...]) -> None:
    log = past.runs.log_file("gk2m3p")
    log.mkdir()
    answer = cli(*words)
    assert (answer.code, answer.out, answer.err) == (1, "", f"{log}: Is a directory; make it readable\n")
