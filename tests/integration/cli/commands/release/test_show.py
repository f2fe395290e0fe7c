"""`release show` and `release list`: the checklist top to bottom, and completion of a release's name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import pytest

from promote_tui.cli.commands.release.options import ReleaseName
from promote_tui.cli.context import CliContext
from promote_tui.core.errors import ConfigError, LedgerError
from promote_tui.core.releases import events as e
from tests.integration.cli.commands.release.conftest import PHRASE, done, failed, verified
from tests.support.pipelines import without_stage

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

TYPED = '--confirm "release friday prod"'
PAUSED = f"""\
release friday → prod  ! paused
  planned    2026-01-31 12:00 UTC by ana, from staging
  confirmed  2026-01-31 12:00 UTC by ana
  left       about 2m00s of work
  paused     in trouble: orders

Sign-offs
  ✓  approvals  by bob
  ○  QA         missing

Wave 1
  ✓  catalog  5cc1f02 → 77d0e4b  4 commits, +1  verified  run-catalog

Wave 2, after catalog
  ○  billing  5d90c2e → a81be07  2 commits      waiting
  ✗  orders   2c7e914 → 8d20b6e  5 commits, ±1  failed    run-orders   Table is too small; make it larger

Not part of it
  3 services unchanged

Next
  tick QA                                  promote-tui release check friday QA
  try orders again                         promote-tui release resume friday --retry orders {TYPED}
  leave orders out                         promote-tui release resume friday --skip orders --reason TEXT
  return orders to what ran before         promote-tui release resume friday --roll-back orders {TYPED}
  roll all of it back: orders and catalog  promote-tui release rollback friday {TYPED}
  leave it as it is, for good              promote-tui release stop friday
"""


@pytest.fixture
def paused(planned: CommandLine, engine: FakeEngine) -> CommandLine:
    engine.script.me = "bob"
    planned("release", "approve", "friday")
    engine.script.me = "ana"
    engine.script.release_story = (*verified(engine, "catalog"), *failed(engine, "orders"))
    planned("release", "run", "friday", "--confirm", PHRASE)
    return planned


def test_the_checklist_is_read_top_to_bottom_and_ends_with_commands(paused: CommandLine) -> None:
    said = paused("release", "show", "friday")
    assert (said.code, said.out, said.err) == (0, PAUSED, "")


def test_the_json_says_the_same(paused: CommandLine) -> None:
    found = paused("release", "show", "friday", "--json").json["release"]
    assert (found["status"], found["interrupted"], found["worker"]) == ("paused", False, None)
    assert (found["pause"]["why"], found["pause"]["services"]) == ("failure", ["orders"])
    orders = next(each for each in found["members"] if each["service"] == "orders")
    assert (orders["state"], orders["run"], orders["cause"]) == ("failed", "run-orders", "Table is too small")
    assert [each["by"] for each in found["sign_offs"]] == [["bob"], []]
    assert len(found["next"]) == 6


def test_who_works_on_it_is_said_and_that_its_process_is_gone(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = verified(engine, "catalog")
    planned("release", "run", "friday", "--confirm", PHRASE, "--detach")
    assert (
        "worker     a process on laptop since 2026-01-31 12:00 UTC by ana" in planned("release", "show", "friday").out
    )
    assert planned("release", "show", "friday", "--json").json["release"]["worker"]["host"] == "laptop"
    engine.script.dead.add("friday")
    said = planned("release", "show", "friday")
    assert said.out.startswith("release friday → prod  ? interrupted\n")
    assert "interrupted: its process on laptop is gone" in said.out
    assert "continue with what is missing    promote-tui release resume friday" in said.out
    assert planned("release", "list", "--json").json["releases"][0]["interrupted"] is True


def test_a_release_that_has_ended_says_how_long_it_took_and_none_of_what_is_left(
    planned: CommandLine, engine: FakeEngine
) -> None:
    engine.script.release_story = done(engine)
    planned("release", "run", "friday", "--confirm", PHRASE)
    said = planned("release", "show", "friday").out
    assert "  ended      2026-01-31 12:00 UTC, took 0s\n" in said
    assert "of work" not in said


def test_a_release_that_waits_with_everything_done_says_nothing_of_what_is_left(
    planned: CommandLine, engine: FakeEngine
) -> None:
    paused = e.ReleasePaused(engine.clock.now(), "credentials", "the credentials end too soon")
    engine.script.release_story = (*verified(engine, "catalog", "billing", "orders"), paused)
    planned("release", "run", "friday", "--confirm", PHRASE)
    said = planned("release", "show", "friday").out
    assert ("paused     the credentials end too soon" in said, "  left " in said) == (True, False)


def test_watching_narrates_from_the_beginning_and_ends_as_the_release_does(
    planned: CommandLine, engine: FakeEngine
) -> None:
    engine.script.release_story = done(engine)
    planned("release", "run", "friday", "--confirm", PHRASE, "--detach")
    said = planned("release", "show", "friday", "--watch")
    assert (said.code, said.out) == (0, "")
    assert said.err.splitlines()[0] == "    0s  release friday planned by ana: 3 services into prod in 2 waves"
    assert "ended: done" in said.err
    assert planned("release", "show", "friday", "--watch", "--json").json["release"]["status"] == "done"


def test_what_is_left_out_is_said_with_what_would_take_it_in(cli: CommandLine, engine: FakeEngine) -> None:
    left = e.LeftOut("billing", "no commit that is verified in staging is on main", remedy="promote to staging first")
    member = e.Member("orders", "8d20b6e" + "0" * 33, "Rename the queue", None)
    planned = e.ReleasePlanned(
        engine.clock.now(), "friday", "prod", "staging", (member,), (("orders",),), (left,), "ana", ""
    )
    engine.write_release("friday", planned)
    said = cli("release", "show", "friday").out
    assert "  billing  no commit that is verified in staging is on main; promote to staging first" in said
    found = cli("release", "show", "friday", "--json").json["release"]["left_out"][0]
    assert (found["reason"], found["remedy"]) == (left.reason, left.remedy)


def test_sign_offs_that_cannot_be_read_are_said_and_the_rest_is_shown(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.errors["releases.sign_offs"] = LedgerError("ledger", "throttled", "try again")
    said = planned("release", "show", "friday", "--json")
    assert (said.code, said.json["release"]["sign_offs"]) == (0, None)
    assert said.err == "the sign-offs could not be read: ledger: throttled; try again\n"


def test_a_release_whose_stage_is_gone_is_said_with_how_to_give_it_up(planned: CommandLine, engine: FakeEngine) -> None:
    engine.configure(without_stage(engine.pipeline, "prod"))
    said = planned("release", "show", "friday")
    assert (said.code, said.out) == (2, "")
    assert said.err == ("release friday: its stage prod is gone; promote-tui release stop friday\n")
    assert "friday" in planned("release", "list").out
    assert planned("release", "stop", "friday").code == 0


def test_an_event_of_a_newer_version_is_named_as_such(planned: CommandLine, engine: FakeEngine) -> None:
    raw = json.dumps({"event": "promised", "schema": 7, "at": "2026-01-31T12:00:00+00:00"})
    engine.write_release("friday", e.UnknownReleaseEvent(raw, engine.clock.now()))
    assert "an event of a newer version of promote-tui" in planned("release", "show", "friday", "--watch").err


def test_the_list_has_the_last_planned_first(paused: CommandLine, engine: FakeEngine) -> None:
    engine.time.forward(3_600)
    paused("release", "plan", "monday", "--to", "prod", "--reason", "next week")
    assert paused("release", "list").out == (
        "RELEASE  STATUS     STAGE  SERVICES  DONE  WHO  AGE\n"
        "monday   ○ planned  prod          3     0  ana   0s  next week\n"
        "friday   ! paused   prod          3     1  ana   1h\n"
    )
    found = paused("release", "list", "--json", "-n", "1").json["releases"]
    assert [(each["name"], each["services"], each["done"]) for each in found] == [("monday", 3, 0)]


def test_without_releases_the_list_says_how_to_plan_one(cli: CommandLine) -> None:
    said = cli("release", "list")
    assert (said.code, said.out, said.err) == (0, "", "no releases yet: promote-tui release plan --to STAGE\n")
    assert cli("release", "list", "--json").json["releases"] == []


def test_a_shell_completes_the_names_of_releases(planned: CommandLine, engine: FakeEngine) -> None:
    planned("release", "plan", "monday", "--to", "prod")
    context = click.Context(click.Command("show"), obj=CliContext(lambda _options: engine))
    parameter = click.Argument(["name"])
    found = ReleaseName().shell_complete(context, parameter, "fr")
    assert [(item.value, item.help) for item in found] == [("friday", "planned, into prod")]
    assert {item.value for item in ReleaseName().shell_complete(context, parameter, "")} == {"friday", "monday"}


def test_a_shell_completes_nothing_where_releases_cannot_be_read() -> None:
    def fail(_options: object) -> FakeEngine:
        raise ConfigError("promote-tui.yml", ("there is none",))

    context = click.Context(click.Command("show"), obj=CliContext(fail))
    assert ReleaseName().shell_complete(context, click.Argument(["name"]), "") == []
