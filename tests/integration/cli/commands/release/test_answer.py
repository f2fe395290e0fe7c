"""`release resume`, `rollback` and `stop`: the answers of a person, and how the release goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import Refused, UsageError
from promote_tui.core.gates.model import Allowance
from promote_tui.core.gates.options import Override
from promote_tui.core.releases import events as e
from promote_tui.engine.releases.control import ReleaseAnswer
from tests.integration.cli.commands.release.conftest import PHRASE, done, failed, verified
from tests.integration.cli.conftest import calls

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

TYPED = ("--confirm", PHRASE)
TABLE = ("orders", Allowance("replace", "OrdersTable"))
SOAK = ("orders", Override("soak", "hurry"))


@pytest.fixture
def paused(planned: CommandLine, engine: FakeEngine) -> CommandLine:
    """A release whose orders failed; whoever answers it lets it go well."""
    engine.script.release_story = (*verified(engine, "catalog"), *failed(engine, "orders"))
    assert planned("release", "run", "friday", *TYPED).code == 1
    engine.script.release_story = done(engine)
    return planned


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("--retry", "orders", *TYPED), ReleaseAnswer("retry", ("orders",), "", PHRASE)),
        (
            ("--retry", "orders", "--retry", "billing", "--reason", "again", *TYPED),
            ReleaseAnswer("retry", ("orders", "billing"), "again", PHRASE),
        ),
        (("--skip", "orders", "--reason", "too small"), ReleaseAnswer("skip", ("orders",), "too small")),
        (("--roll-back", "orders", *TYPED), ReleaseAnswer("roll_back", ("orders",), "", PHRASE)),
        (("--go", *TYPED), ReleaseAnswer("go", (), "", PHRASE)),
        (
            ("--retry", "orders", "--override", "orders:soak=hurry", "--allow-replace", "orders:OrdersTable", *TYPED),
            ReleaseAnswer(
                "retry", ("orders",), "", PHRASE, (SOAK,), (("orders", Allowance("replace", "OrdersTable")),)
            ),
        ),
    ],
)
def test_each_answer_is_handed_over_and_the_release_is_followed_from_there(
    paused: CommandLine, engine: FakeEngine, words: tuple[str, ...], answer: ReleaseAnswer
) -> None:
    said = paused("release", "resume", "friday", *words)
    assert said.code == 0
    assert calls(engine, "releases.answer") == [("friday", answer)]
    assert "confirmed by" not in said.err.partition("release friday")[0]
    assert "ended: done" in said.err


def test_without_an_answer_one_that_waits_for_it_is_refused(paused: CommandLine, engine: FakeEngine) -> None:
    said = paused("release", "resume", "friday")
    line = (
        "release friday: it waits for an answer: in trouble: orders; "
        'such as: promote-tui release resume friday --retry orders --confirm "release friday prod"'
    )
    assert (said.code, said.err) == (3, f"{line}\n")
    assert calls(engine, "releases.resume") == []


def test_one_whose_process_is_gone_is_resumed_without_a_confirmation(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = verified(engine, "catalog")
    engine.script.dead.add("friday")
    assert planned("release", "run", "friday", *TYPED).code == 1
    engine.script.release_story = (*verified(engine, "billing", "orders"), e.ReleaseEnded(engine.clock.now(), "done"))
    said = planned("release", "resume", "friday", "--json")
    assert (said.code, said.json["release"]["status"]) == (0, "done")
    assert [line.split("  ")[-1] for line in said.err.splitlines()][:2] == [
        "process 1 on laptop works on it",
        "billing: promotion begins (run run-billing)",
    ]


def test_what_is_allowed_by_name_goes_with_an_answer(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.dead.add("friday")
    planned("release", "run", "friday", *TYPED)
    said = planned("release", "resume", "friday", "--override", "soak=hurry")
    line = "release resume: allows nothing by name without an answer; add --retry SERVICE, or --go"
    assert (said.code, said.err) == (2, f"{line}\n")
    assert calls(engine, "releases.resume") == []


def test_one_that_waits_for_credentials_is_resumed_once_logged_in(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = (e.ReleasePaused(engine.clock.now(), "credentials", "they end too soon"),)
    assert planned("release", "run", "friday", *TYPED).code == 4
    engine.script.release_story = done(engine)
    assert planned("release", "resume", "friday").code == 0


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("--retry", "orders", "--go"),
            "release resume: takes one of --retry, --skip, --roll-back and --go; answer one after the other",
        ),
        (("--skip", "orders"), "--skip: needs --reason; say why the service is left out"),
    ],
)
def test_an_answer_that_is_none_is_one_line(
    paused: CommandLine, engine: FakeEngine, words: tuple[str, ...], line: str
) -> None:
    said = paused("release", "resume", "friday", *words, *TYPED)
    assert (said.code, said.out, said.err) == (2, "", f"{line}\n")
    assert calls(engine, "releases.answer") == []


def test_one_that_runs_elsewhere_is_one_line_with_how_to_watch_it(paused: CommandLine, engine: FakeEngine) -> None:
    cause = "a process on other works on it since 2026-01-31 12:00 UTC by joe"
    refused = Refused("release friday", cause, "watch it: promote-tui release show friday --watch")
    engine.script.errors["releases.answer"] = refused
    said = paused("release", "resume", "friday", "--retry", "orders", *TYPED)
    assert (said.code, said.err) == (3, f"{refused}\n")


def test_an_answer_without_its_confirmation_is_refused(paused: CommandLine) -> None:
    said = paused("release", "resume", "friday", "--retry", "orders", "--yes")
    assert (said.code, said.err) == (3, 'release friday: not confirmed; pass --confirm "release friday prod"\n')


def test_the_phrase_of_an_answer_is_typed(paused: CommandLine, engine: FakeEngine) -> None:
    paused.types(f"{PHRASE}\n")
    said = paused("release", "resume", "friday", "--retry", "orders")
    assert said.code == 0
    assert said.err.startswith('Type "release friday prod" to resume release friday in prod: ')


def test_a_rollback_is_of_the_whole_set_and_done_when_it_is_back(paused: CommandLine, engine: FakeEngine) -> None:
    now = engine.clock.now()
    engine.script.release_story = (
        e.MemberStarted(now, "orders", "back-1", "rollback"),
        e.MemberEnded(now, "orders", "back-1", "verified", purpose="rollback"),
        e.MemberStarted(now, "catalog", "back-2", "rollback"),
        e.MemberEnded(now, "catalog", "back-2", "verified", purpose="rollback"),
        e.ReleaseEnded(now, "rolled_back"),
    )
    said = paused("release", "rollback", "friday", "--reason", "it leaks", *TYPED)
    assert said.code == 0
    assert calls(engine, "releases.answer") == [("friday", ReleaseAnswer("roll_back_all", (), "it leaks", PHRASE))]
    assert "orders: rollback begins (run back-1)" in said.err
    assert "catalog: rollback verified" in said.err


def test_a_rollback_that_fails_ends_with_1(paused: CommandLine, engine: FakeEngine) -> None:
    now = engine.clock.now()
    engine.script.release_story = (
        e.MemberStarted(now, "orders", "back-1", "rollback"),
        e.MemberEnded(now, "orders", "back-1", "failed", "Table is gone", purpose="rollback"),
        e.ReleasePaused(now, "failure", "in trouble: orders", ("orders",)),
    )
    said = paused("release", "rollback", "friday", *TYPED)
    assert said.code == 1
    assert "rollback failed" in said.err


def test_a_rollback_that_leaves_a_service_there_ends_with_1(paused: CommandLine, engine: FakeEngine) -> None:
    now = engine.clock.now()
    engine.script.release_story = (
        e.MemberStarted(now, "orders", "back-1", "rollback"),
        e.MemberEnded(now, "orders", "back-1", "verified", purpose="rollback", remains="before"),
        e.MemberStarted(now, "catalog", "back-2", "rollback"),
        e.MemberEnded(now, "catalog", "back-2", "not_submitted", "nothing ran there before", purpose="rollback"),
        e.Answered(now, "ana", "arn:ana", "skip", ("catalog",), "one-way"),
        e.ReleaseEnded(now, "rolled_back"),
    )
    said = paused("release", "rollback", "friday", *TYPED)
    assert said.code == 1
    assert "skipped (deployed, verified)" in said.err


def test_a_stop_ends_one_that_nobody_works_on(paused: CommandLine, engine: FakeEngine) -> None:
    said = paused("release", "stop", "friday", "--reason", "enough")
    assert (said.code, said.out, said.err) == (0, "", "release friday: stopped\n")
    assert calls(engine, "releases.answer") == [("friday", ReleaseAnswer("stop", (), "enough"))]


def test_a_stop_says_what_still_runs(planned: CommandLine, engine: FakeEngine) -> None:
    engine.script.release_story = (e.MemberStarted(engine.clock.now(), "catalog", "run-1"),)
    planned("release", "run", "friday", "--detach", *TYPED)
    said = planned("release", "stop", "friday")
    line = "release friday: starts nothing more; catalog will end by itself: promote-tui release show friday --watch"
    assert (said.code, said.err) == (0, f"{line}\n")


@pytest.mark.parametrize("command", ["resume", "rollback", "stop", "show"])
def test_what_is_no_release_is_one_line(cli: CommandLine, command: str) -> None:
    said = cli("release", command, "monday", *(() if command in {"stop", "show"} else TYPED))
    assert (said.code, said.err) == (2, "release monday: there is no such release; see `promote-tui release list`\n")


@pytest.mark.parametrize("words", [("resume", "friday"), ("rollback", "friday"), ("stop", "friday"), ("run", "friday")])
def test_read_only_refuses_before_anything_is_read(
    cli: CommandLine, engine: FakeEngine, words: tuple[str, ...]
) -> None:
    said = cli("--read-only", "release", *words)
    assert (said.code, said.out) == (3, "")
    assert said.err == "release friday: promote-tui was started with --read-only; run it without --read-only\n"
    assert engine.calls == []


def test_an_answer_that_does_not_fit_is_one_line(paused: CommandLine, engine: FakeEngine) -> None:
    engine.script.errors["releases.answer"] = UsageError("release friday", "catalog is verified", "it can be: orders")
    said = paused("release", "resume", "friday", "--retry", "catalog", *TYPED)
    assert (said.code, said.err) == (2, "release friday: catalog is verified; it can be: orders\n")
