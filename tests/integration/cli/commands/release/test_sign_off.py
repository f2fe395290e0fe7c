"""`release approve` and `release check`: one word for the set, and what is missing afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import CredentialsError, LedgerError, PromoteError, UsageError
from tests.integration.cli.conftest import calls

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine


def test_an_approval_is_recorded_for_each_service_and_says_what_is_missing(
    planned: CommandLine, engine: FakeEngine
) -> None:
    engine.script.me = "bob"
    said = planned("release", "approve", "friday", "--reason", "seen it")
    assert (said.code, said.out) == (0, "release friday: approved 3 services as bob\n")
    assert said.err == "  approvals: by bob\n  QA: missing\n"
    assert calls(engine, "releases.approve") == [("friday", "seen it")]


def test_a_tick_takes_its_evidence_along(planned: CommandLine, engine: FakeEngine) -> None:
    words = ("--on-behalf-of", "mia", "--evidence", "board 7", "--reason", "done")
    said = planned("release", "check", "friday", "QA", *words)
    assert (said.code, said.out) == (0, "release friday: ticked for 3 services as ana\n")
    assert calls(engine, "releases.check") == [("friday", "QA", "done", "board 7", "mia")]


def test_somebody_elses_tick_needs_its_evidence(planned: CommandLine, engine: FakeEngine) -> None:
    said = planned("release", "check", "friday", "QA", "--on-behalf-of", "mia")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("--on-behalf-of: needs --evidence; ")
    assert calls(engine, "releases.check") == []


@pytest.mark.parametrize(
    ("error", "code"),
    [(LedgerError("ledger", "throttled", "try again"), 1), (CredentialsError("prod", "expired", "log in"), 4)],
)
def test_what_is_not_written_is_named_and_is_the_exit_code(
    planned: CommandLine, engine: FakeEngine, error: PromoteError, code: int
) -> None:
    engine.script.unwritten["orders"] = error
    said = planned("release", "approve", "friday")
    assert (said.code, said.out) == (
        code,
        f"release friday: approved 2 services as ana; not written: orders ({error.advice})\n",
    )


@pytest.mark.parametrize("words", [("approve", "friday"), ("check", "friday", "QA")])
def test_what_is_refused_is_one_line(planned: CommandLine, engine: FakeEngine, words: tuple[str, ...]) -> None:
    engine.script.errors[f"releases.{words[0]}"] = UsageError("release friday", "it has ended: done", "plan another")
    said = planned("release", *words)
    assert (said.code, said.out, said.err) == (2, "", "release friday: it has ended: done; plan another\n")
    assert planned("--read-only", "release", *words).code == 3
