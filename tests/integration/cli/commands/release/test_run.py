"""`release run`: what confirms, what is handed over, how it is followed, and the exit code of each end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError
from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import Override
from promote_tui.core.releases import events as e
from promote_tui.engine.releases.control import ReleaseConfirmation
from tests.integration.cli.commands.release.conftest import PHRASE, done, failed, verified
from tests.integration.cli.conftest import calls
from tests.support.fakes.engine.releases import FakeReleases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.ports import RecordedRelease
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

NARRATION = """\
    0s  confirmed by ana
    0s  process 1 on laptop works on it
    0s  catalog: promotion begins (run run-catalog)
    0s  catalog: verified
    0s  billing: promotion begins (run run-billing)
    0s  billing: verified
    0s  orders: promotion begins (run run-orders)
    0s  orders: verified
    0s  ended: done
"""


def test_each_event_is_a_line_on_stderr_and_the_end_is_0(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = done(engine)
    said = planned("release", "run", "friday", "--confirm", PHRASE, "--reason", "the week's work")
    assert (said.code, said.out) == (0, "")
    assert said.err.startswith(NARRATION)
    assert "release friday → prod  ✓ done" in said.err
    assert calls(engine, "releases.start") == [("friday", ReleaseConfirmation(PHRASE, "the week's work"))]


def test_the_json_is_the_release_as_it_was_left(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = done(engine)
    found = planned("release", "run", "friday", "--confirm", PHRASE, "--json").json["release"]
    assert (found["status"], {each["state"] for each in found["members"]}) == ("done", {"verified"})
    assert [each["command"] for each in found["next"]] == [
        "promote-tui notes --release friday",
        'promote-tui release rollback friday --confirm "release friday prod"',
    ]


def test_one_that_does_not_exist_is_planned_first(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = done(engine)
    said = cli("release", "run", "friday", "orders", "catalog", "--to", "prod", "--confirm", PHRASE)
    assert said.code == 0
    assert "orders: reviewed, 5 commits" in said.err
    assert "Summary" in said.err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("monday",), "release monday: there is no such release; add --to STAGE to plan it now"),
        (
            ("friday", "--to", "staging"),
            "release friday: it is planned for prod, with 3 services; name neither --to nor services",
        ),
        (
            ("friday", "--override", "soak"),
            '--override soak: needs a gate and a reason; such as --override soak="hurry", or orders:soak="hurry"',
        ),
        (
            ("friday", "--override", "branch=hurry"),
            "--override branch: prod does not allow overriding it; overridable here: soak",
        ),
        (
            ("friday", "--override", "emails:soak=hurry"),
            "service emails: it is not part of release friday; one of: billing, catalog, orders",
        ),
        (
            ("friday", "--allow-replace", "OrdersTable"),
            "--allow-replace OrdersTable: needs a service and a logical id; such as --allow-replace orders:OrdersTable",
        ),
        (("friday", "--at", "2020-01-01"), "2020-01-01: this is in the past; write a future time, such as 4h"),
        (("friday", "--at", "soon"), "soon: this is not a time; write 3d, 12h, 2026-03-01 or 2026-03-01T14:30"),
    ],
)
def test_bad_input_is_one_line_and_nothing_starts(
    planned: CommandLine, engine: FakeEngine, words: tuple[str, ...], line: str
) -> None:
    said = planned("release", "run", *words, "--confirm", PHRASE)
    assert (said.code, said.out, said.err) == (2, "", f"{line}\n")
    assert calls(engine, "releases.start") == []


def test_one_that_runs_already_is_one_line(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = done(engine)
    planned("release", "run", "friday", "--confirm", PHRASE)
    said = planned("release", "run", "friday", "--confirm", PHRASE)
    assert (said.code, said.err) == (2, "release friday: it is done already; see `promote-tui release show friday`\n")


@pytest.mark.parametrize("words", [(), ("--yes",), ("--confirm", "release friday")])
def test_without_the_phrase_it_is_refused_and_nothing_is_asked(planned: CommandLine, words: tuple[str, ...]) -> None:
    said = planned("release", "run", "friday", *words)
    assert (said.code, said.err) == (3, 'release friday: not confirmed; pass --confirm "release friday prod"\n')


def test_the_phrase_is_typed_where_a_person_is_there(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = done(engine)
    planned.types(f"{PHRASE}\n")
    said = planned("release", "run", "friday")
    assert said.code == 0
    question = (
        'Type "release friday prod" to start release friday: 3 services in prod, account 333333333333, eu-west-1: '
    )
    assert said.err.startswith(question)


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("\n", 3)])
def test_a_stage_that_asks_is_answered_with_y(cli: CommandLine, engine: FakeEngine, typed: str, code: int) -> None:
    draft = engine.script.drafts["orders", "prod"]
    engine.script.drafts["orders", "staging"] = draft
    engine.script.release_story = (*verified(engine, "orders"), e.ReleaseEnded(engine.clock.now(), "done"))
    cli("release", "plan", "thursday", "--to", "staging")
    cli.types(typed)
    said = cli("release", "run", "thursday")
    assert said.code == code
    assert "Start release thursday: 1 service in staging, account 222222222222, eu-west-1? [y/N] " in said.err


def test_overrides_and_allowances_are_handed_over_by_service(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = done(engine)
    given = ("--override", "soak=hurry", "--override", "orders:soak=later", "--allow-replace", "orders:OrdersTable")
    planned("release", "run", "friday", "--confirm", PHRASE, *given, "--allow-remove", "billing:Bucket")
    ((_, confirmation),) = calls(engine, "releases.start")
    assert isinstance(confirmation, ReleaseConfirmation)
    everyone = [(name, Override("soak", "hurry")) for name in ("billing", "catalog", "orders")]
    assert confirmation.overrides == (*everyone, ("orders", Override("soak", "later")))
    assert confirmation.allowances == (
        ("orders", Allowance("replace", "OrdersTable")),
        ("billing", Allowance("remove", "Bucket")),
    )


def test_at_a_time_it_waits_is_visible_and_can_be_cancelled(planned: CommandLine, engine: FakeEngine) -> None:
    said = planned("release", "run", "friday", "--confirm", PHRASE, "--at", "2026-02-01T22:00+00:00", "--detach")
    assert (said.code, said.out) == (0, "friday\n")
    ((_, confirmation),) = calls(engine, "releases.start")
    assert isinstance(confirmation, ReleaseConfirmation)
    assert confirmation.starts_at == datetime(2026, 2, 1, 22, tzinfo=UTC)
    assert "scheduled" in planned("release", "list").out
    assert "starts Sun 1 Feb 22:00 UTC" in planned("release", "list").out
    assert "waits      starts Sun 1 Feb 22:00 UTC" in planned("release", "show", "friday").out
    assert planned("release", "stop", "friday").code == 0


def test_detached_it_prints_the_name_and_how_to_watch_it(planned: CommandLine) -> None:
    said = planned("release", "run", "friday", "--confirm", PHRASE, "--detach")
    assert (said.code, said.out) == (0, "friday\n")
    assert said.err == "the release continues: promote-tui release show friday --watch\n"


def test_a_failure_ends_with_1_and_what_can_be_done_as_commands(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = (*verified(engine, "catalog"), *failed(engine, "orders"))
    said = planned("release", "run", "friday", "--confirm", PHRASE)
    assert said.code == 1
    assert (
        "    0s  orders: failed: Table is too small; make it larger\n    0s  paused: in trouble: orders\n" in said.err
    )
    assert 'promote-tui release resume friday --retry orders --confirm "release friday prod"' in said.err
    assert "promote-tui release resume friday --skip orders --reason TEXT" in said.err


@pytest.mark.parametrize(
    ("last", "code"),
    [
        (lambda at: e.ReleasePaused(at, "go", "wave 2 waits for its go", ("billing", "orders")), 3),
        (lambda at: e.ReleasePaused(at, "credentials", "333333333333: they end too soon"), 4),
        (lambda at: e.ReleaseEnded(at, "stopped"), 3),
        (lambda at: e.ReleaseEnded(at, "rolled_back"), 1),
    ],
)
def test_each_other_end_has_its_exit_code(planned: CommandLine, engine: FakeEngine, last: object, code: int) -> None:
    assert callable(last)
    engine.script.release_story = (*verified(engine, "catalog"), last(engine.clock.now()))
    assert planned("release", "run", "friday", "--confirm", PHRASE).code == code


def test_a_service_that_was_only_held_waits_for_a_person(planned: CommandLine, engine: FakeEngine) -> None:
    now = engine.clock.now()
    held = e.MemberHeld(now, "catalog", "blocked", "soak: 2h of 4h", "wait")
    engine.script.release_story = (held, e.ReleasePaused(now, "failure", "in trouble: catalog", ("catalog",)))
    said = planned("release", "run", "friday", "--confirm", PHRASE)
    assert said.code == 3
    assert "catalog: not started: soak: 2h of 4h; wait" in said.err


def test_a_process_that_is_gone_is_said_with_how_to_resume(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = verified(engine, "catalog")
    engine.script.dead.add("friday")
    said = planned("release", "run", "friday", "--confirm", PHRASE)
    assert said.code == 1
    assert "interrupted: its process on laptop is gone" in said.err
    assert "promote-tui release resume friday" in said.err


def test_ctrl_c_ends_the_watching_and_says_how_to_go_on(
    planned: CommandLine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> Iterator[RecordedRelease]:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeReleases, "follow", interrupted)
    said = planned("release", "run", "friday", "--confirm", PHRASE)
    assert (said.code, said.out) == (130, "")
    assert said.err.splitlines()[1:] == [
        "the release continues: promote-tui release show friday --watch",
        "to stop it:            promote-tui release stop friday",
        "to resume it then:     promote-tui release resume friday",
    ]
    assert calls(engine, "releases.answer") == []


def test_a_ledger_that_fails_while_it_is_watched_is_told(planned: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: FakeReleases, _name: str, _after: int, say: Callable[[str], None]) -> Iterator[RecordedRelease]:
        say("ledger: no answer; trying again")
        raise LedgerError("ledger", "no answer", "check the network")

    monkeypatch.setattr(FakeReleases, "follow", fail)
    said = planned("release", "run", "friday", "--confirm", PHRASE)
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[-3:] == [
        "ledger: no answer; trying again",
        "the release may continue: promote-tui release show friday --watch",
        "ledger: no answer; check the network",
    ]


def test_a_wrong_phrase_plans_nothing(cli: CommandLine, engine: FakeEngine) -> None:
    said = cli("release", "run", "friday", "--to", "prod", "--confirm", "release friday prd")
    line = 'release friday: "release friday prd" confirms something else; pass --confirm "release friday prod"'
    assert (said.code, said.out, said.err) == (3, "", f"{line}\n")
    assert calls(engine, "releases.plan") == []


def test_what_an_interrupted_planning_has_left_is_reviewed_before_it_is_confirmed(
    planned: CommandLine, engine: FakeEngine
) -> None:
    engine.script.release_story = done(engine)
    engine.forget_review("friday", "orders")
    said = planned("release", "run", "friday", "--confirm", PHRASE)
    assert said.code == 0
    assert "orders: reviewed, 5 commits" in said.err
