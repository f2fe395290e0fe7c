"""`approve`, `withdraw`, `check`, `hold`, `unhold`, `veto`, and `promote --override`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError, UsageError
from promote_tui.core.gates.decisions import Decision
from promote_tui.core.gates.model import GateResult
from promote_tui.core.gates.options import Override, PromotionOptions
from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.value import replace
from promote_tui.engine.checks import CheckEnd
from promote_tui.engine.decisions import DecisionRequest
from promote_tui.engine.stage_holds import HoldRequest
from tests.integration.cli.conftest import calls
from tests.support.fakes import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

REV = ("--commit", "8d20b6e")
COMMANDS: list[tuple[tuple[str, ...], DecisionRequest, str]] = [
    (
        ("approve", "orders", "--to", "prod", *REV),
        DecisionRequest("approve", "orders", "prod", "8d20b6e"),
        "orders/prod: approved 8d20b6e as ana: prod requires no approvals; it counts only for a hotfix",
    ),
    (
        ("approve", "orders", "--to", "prod", *REV, "--reason", "seen"),
        DecisionRequest("approve", "orders", "prod", "8d20b6e", "seen"),
        "orders/prod: approved 8d20b6e as ana: prod requires no approvals; it counts only for a hotfix",
    ),
    (
        ("withdraw", "orders", "--to", "prod", *REV),
        DecisionRequest("withdraw", "orders", "prod", "8d20b6e"),
        "orders/prod: withdrew the approval of 8d20b6e as ana",
    ),
    (
        ("withdraw", "orders", "--to", "prod", *REV, "--item", "QA"),
        DecisionRequest("withdraw", "orders", "prod", "8d20b6e", item="QA"),
        "orders/prod: withdrew the tick for 8d20b6e as ana",
    ),
    (
        ("check", "QA signed off", "orders", "--to", "prod", *REV),
        DecisionRequest("check", "orders", "prod", "8d20b6e", item="QA signed off"),
        "orders/prod: ticked 'QA signed off' for 8d20b6e as ana",
    ),
    (
        ("check", "QA", "orders", "--to", "prod", *REV, "--on-behalf-of", "Kim", "--evidence", "mail"),
        DecisionRequest("check", "orders", "prod", "8d20b6e", item="QA", evidence="mail", on_behalf="Kim"),
        "orders/prod: ticked 'QA' for 8d20b6e as ana",
    ),
    (
        ("hold", "orders", "prod", "--reason", "incident 42"),
        DecisionRequest("hold", "orders", "prod", None, "incident 42"),
        "orders/prod: held as ana",
    ),
    (
        ("hold", "orders", "prod", "--reason", "incident 42", "--until", "4h"),
        DecisionRequest("hold", "orders", "prod", None, "incident 42", expires_at=world.NOW + timedelta(hours=4)),
        "orders/prod: held as ana",
    ),
    (
        ("unhold", "orders", "prod", "--reason", "over"),
        DecisionRequest("unhold", "orders", "prod", None, "over"),
        "orders/prod: lifted the hold as ana",
    ),
    (
        ("veto", "8d20b6e", "--service", "orders", "--reason", "loses money"),
        DecisionRequest("veto", "orders", None, "8d20b6e", "loses money"),
        "orders: vetoed 8d20b6e as ana",
    ),
]


@pytest.mark.parametrize(("words", "wanted", "says"), COMMANDS)
def test_a_decision_is_made_and_told(
    words: tuple[str, ...], wanted: DecisionRequest, says: str, cli: CommandLine, engine: FakeEngine
) -> None:
    answer = cli(*words)
    assert (answer.code, answer.out, answer.err) == (0, f"{says}\n", "")
    assert calls(engine, "decisions.record") == [(wanted,)]


def test_an_approval_that_cannot_count_is_not_called_approved(cli: CommandLine, engine: FakeEngine) -> None:
    dev, staging, prod = engine.pipeline.stages
    rules = Rules(approvals=Approvals(1, ("ben",), ("leads",)))
    engine.configure(replace(engine.pipeline, stages=(dev, staging, replace(prod, rules=rules))))
    answer = cli("approve", "orders", "--to", "prod", *REV)
    told = "recorded the approval of 8d20b6e as ana, but it does not count: ana is not of leads; 0 of 1 approval"
    assert (answer.code, answer.out) == (0, f"orders/prod: {told} of leads so far\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("hold", "orders", "prod"), "Missing option '--reason'"),
        (("hold", "--all", "prod"), "Missing option '--reason'"),
        (("hold", "--all", "prod", "--reason", " "), "--reason: is empty; give a reason"),
        (("hold", "orders", "--all", "prod", "--reason", "x"), "takes SERVICE STAGE, or --all STAGE"),
        (("unhold", "orders", "--reason", "x"), "takes SERVICE STAGE, or --all STAGE"),
        (("unhold", "--reason", "x"), "takes SERVICE STAGE, or --all STAGE"),
        (("hold", "orders", "prod", "--reason", " "), "--reason: is empty; give a reason"),
        (("hold", "orders", "prod", "--reason", "x", "--until", "2020-01-01"), "2020-01-01: this is in the past"),
        (("hold", "orders", "prod", "--reason", "x", "--until", "soon"), "soon: this is not a time"),
        (("veto", "8d20b6e", "--service", "orders"), "Missing option '--reason'"),
        (("approve", "orders", "--to", "prod"), "Missing option '--commit'"),
        (("check", "QA", "orders", "--to", "prod", *REV, "--on-behalf-of", "Kim"), "--on-behalf-of: needs --evidence"),
    ],
)
def test_what_is_missing_is_named(words: tuple[str, ...], says: str, cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli(*words)
    assert answer.code == 2
    assert says in answer.err
    assert not engine.called("decisions.record")


def test_a_decision_that_means_nothing_is_a_usage_error(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.errors["decisions.record"] = UsageError(
        "orders/prod", "it is not on hold", "there is nothing to lift"
    )
    answer = cli("unhold", "orders", "prod", "--reason", "over")
    assert (answer.code, answer.err) == (2, "orders/prod: it is not on hold; there is nothing to lift\n")


@pytest.mark.parametrize("words", [words for words, _, _ in COMMANDS])
def test_read_only_decides_nothing(words: tuple[str, ...], cli: CommandLine, engine: FakeEngine) -> None:
    assert cli("--read-only", *words).code == 3
    assert not engine.called("decisions.record")


SOAK = GateResult("soak", passed=True, reason="overridden: down; verified 1h ago", overridable=True, warns=True)


def test_an_override_goes_into_the_terms_of_the_promotion(cli: CommandLine, engine: FakeEngine) -> None:
    draft = world.draft("orders", "staging")
    engine.script.drafts["orders", "staging"] = replace(draft, gates=(*draft.gates, SOAK))
    answer = cli("promote", "orders", "--to", "staging", "--yes", "--override", "soak=the shop is down")
    assert answer.code == 0, answer.err
    assert calls(engine, "options") == [(PromotionOptions(overrides=(Override("soak", "the shop is down"),)),)]


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("soak", "--override soak: needs a gate and a reason"),
        ("soak= ", "--override soak= : needs a gate and a reason"),
        ("=why", "--override =why: needs a gate and a reason"),
        (
            "account=trust me",
            "--override account: orders/staging does not allow overriding it; no gate is overridable here",
        ),
    ],
)
def test_an_override_needs_a_gate_that_may_be_passed_over_and_a_reason(word: str, says: str, cli: CommandLine) -> None:
    answer = cli("promote", "orders", "--to", "staging", "--yes", "--override", word)
    assert answer.code == 2
    assert answer.err.startswith(says)


def test_a_rollback_is_planned_confirmed_and_run_as_a_promotion_is(cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli("rollback", "orders", "--stage", "staging", "--yes", "--reason", "incident 42")
    assert answer.code == 0, answer.err
    assert calls(engine, "plans.draft_rollback") == [("orders", "staging", None)]
    assert cli("rollback", "orders", "--stage", "staging", "--commit", "8d20b6e", "--yes").code == 0
    assert calls(engine, "plans.draft_rollback")[1:] == [("orders", "staging", "8d20b6e")]
    assert cli("rollback", "orders").code == 2
    assert cli("--read-only", "rollback", "orders", "--stage", "staging", "--yes").code == 3


def test_a_hotfix_names_the_stages_it_leaves_out(cli: CommandLine, engine: FakeEngine) -> None:
    assert cli("promote", "orders", "--to", "staging", "--yes", "--hotfix", "--skip", "dev").code == 0
    assert calls(engine, "options") == [(PromotionOptions("hotfix", ("dev",)),)]
    alone = cli("promote", "orders", "--to", "staging", "--yes", "--skip", "dev")
    assert (alone.code, alone.err) == (2, "--skip: only a hotfix can skip stages; add --hotfix\n")
    wrong = cli("promote", "orders", "--to", "staging", "--yes", "--hotfix", "--skip", "qa")
    assert (wrong.code, wrong.err) == (2, "stage qa: there is no such stage; one of: dev, staging, prod\n")


def test_others_are_asked_and_who_was_not_told_is_named(cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli("ask", "orders", "--to", "prod", *REV, "--reason", "the sale")
    assert (answer.code, answer.out) == (0, "orders/prod: asked for approval of 8d20b6e\n")
    assert calls(engine, "decisions.ask_approval") == [("orders", "prod", "8d20b6e", "the sale")]
    engine.script.untold = (("notify[0] (slack)", "it answered 500"),)
    answer = cli("ask", "orders", "--to", "prod", *REV)
    assert (answer.code, answer.err) == (1, "notify[0] (slack) was not notified: it answered 500\n")


def test_checks_are_run_and_told(cli: CommandLine, engine: FakeEngine) -> None:
    made = Decision(world.NOW, "tested", "orders", None, world.sha("8d20b6e"), "ana", "arn", item="npm test")
    bad = replace(made, item="npm run lint", passed=False, reason="it ended with 1")
    engine.script.checked = (CheckEnd(made, Path("/s/a.log")), CheckEnd(bad, Path("/s/b.log")))
    answer = cli("check", "--run", "orders", "--to", "prod", *REV)
    assert answer.code == 1
    assert answer.out == "✓ npm test passed\n✗ npm run lint failed: it ended with 1\n"
    assert answer.err.splitlines() == ["  running npm test", "  its output: /s/a.log", "  its output: /s/b.log"]
    engine.script.checked = engine.script.checked[:1]
    answer = cli("check", "--run", "orders", "--to", "prod", *REV, "--json")
    assert (answer.code, answer.json["checks"][0]["command"], answer.json["schema"]) == (0, "npm test", 1)


def test_interrupted_checks_say_that_they_are_not_on_record(cli: CommandLine, engine: FakeEngine) -> None:
    def interrupt(_poll: Callable[[], None]) -> None:
        raise KeyboardInterrupt

    engine.script.checking = interrupt
    answer = cli("check", "--run", "orders", "--to", "prod", *REV)
    assert (answer.code, answer.out) == (130, "")
    assert answer.err.endswith("\ninterrupted: the check was stopped and is not recorded\n")


@pytest.mark.parametrize(
    "words", [("QA",), ("--run", "QA", "orders"), ("QA", "orders", "more"), ("--run", "orders", "x", "y")]
)
def test_an_item_is_ticked_or_the_checks_are_run(cli: CommandLine, words: tuple[str, ...]) -> None:
    answer = cli("check", *words, "--to", "prod", *REV)
    assert (answer.code, "check takes" in answer.err or "check: takes" in answer.err) == (2, True)


def test_several_services_are_approved_with_one_reason_a_line_each(cli: CommandLine, engine: FakeEngine) -> None:
    prod = replace(engine.pipeline.stage("prod"), rules=Rules(approvals=Approvals(1)))
    stages = tuple(prod if each.name == "prod" else each for each in engine.pipeline.stages)
    engine.configure(replace(engine.pipeline, stages=stages))
    answer = cli("approve", "orders", "billing", "--to", "prod", "--reason", "seen in staging")
    assert (answer.code, answer.err) == (0, "")
    worth = "as ana: 1 of 1 approval by ana, enough only if somebody else promotes; if ana does, 1 more is needed"
    assert [line.partition(": ") for line in answer.out.splitlines()] == [
        ("orders/prod", ": ", f"approved 8d20b6e {worth}"),
        ("billing/prod", ": ", f"approved 8d20b6e {worth}"),
    ]
    (asked,) = calls(engine, "decisions.record_all")
    assert asked == (
        "approve",
        DecisionRequest("approve", "orders", "prod", None, "seen in staging"),
        DecisionRequest("approve", "billing", "prod", None, "seen in staging"),
    )


def test_of_several_services_each_says_what_became_of_it(cli: CommandLine, engine: FakeEngine) -> None:
    approved = Decision(world.NOW, "approve", "orders", "prod", "8d20b6e", "ana", "arn:ana")
    engine.script.decisions = (approved,)
    engine.script.unwritten = {"emails": UsageError("emails/prod", "nothing is verified in staging", "promote it")}
    answer = cli("approve", "orders", "billing", "emails", "--to", "prod")
    assert answer.code == 2
    assert answer.err == "emails/prod: not approved: nothing is verified in staging; promote it\n"
    lines = answer.out.splitlines()
    assert lines[0].startswith("billing/prod: approved 8d20b6e as ana")
    assert lines[1] == "orders/prod: you have approved it already"


def test_a_service_that_is_there_twice_is_approved_not_even_once(cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli("approve", "orders", "orders", "--to", "prod")
    assert (answer.code, answer.err) == (2, "service orders: it is there twice; name each service once\n")
    assert calls(engine, "decisions.record_all") == []


def test_every_service_of_a_stage_is_held_a_line_each(cli: CommandLine, engine: FakeEngine) -> None:
    held = Decision(world.NOW, "hold", "billing", "prod", None, "ben", "arn:aws:iam::1:user/ben", "mine")
    engine.script.cells["billing", "prod"] = replace(engine.script.cells["billing", "prod"], hold=held)
    answer = cli("hold", "--all", "prod", "--reason", "incident 42", "--until", "4h")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[:3] == [
        "billing/prod: already held by ben since 2026-01-31: mine",
        "catalog/prod: held as ana",
        "checkout/prod: held as ana",
    ]
    assert len(answer.out.splitlines()) == 8
    (wanted,) = calls(engine, "decisions.change_holds")
    assert wanted == (HoldRequest("hold", "prod", "incident 42", world.NOW + timedelta(hours=4)),)


def test_every_hold_on_a_stage_is_lifted_with_whose_it_was(cli: CommandLine, engine: FakeEngine) -> None:
    held = Decision(world.NOW, "hold", "billing", "prod", None, "ben", "arn:aws:iam::1:user/ben", "mine")
    engine.script.cells["billing", "prod"] = replace(engine.script.cells["billing", "prod"], hold=held)
    answer = cli("unhold", "--all", "prod", "--reason", "over")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[:2] == [
        "billing/prod: lifted the hold (held by ben since 2026-01-31: mine) as ana",
        "catalog/prod: is not on hold",
    ]


def test_a_service_that_cannot_be_held_is_named_and_the_others_are_held(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.unholdable["catalog"] = LedgerError("ledger", "the disk is full", "make room")
    answer = cli("hold", "--all", "prod", "--reason", "incident 42")
    assert (answer.code, len(answer.out.splitlines())) == (1, 7)
    assert answer.err.splitlines() == [
        "catalog/prod: not held: ledger: the disk is full; make room",
        "1 service failed: run it again, it changes only what is missing",
    ]


@pytest.mark.parametrize("command", ["hold", "unhold"])
def test_read_only_holds_no_stage(cli: CommandLine, engine: FakeEngine, command: str) -> None:
    assert cli("--read-only", command, "--all", "prod", "--reason", "x").code == 3
    assert not engine.called("decisions.change_holds")


@pytest.mark.parametrize(
    "command",
    [
        ("hold", "orders", "prod", "--reason", "x"),
        ("veto", "8d20b6e", "--service", "orders", "--reason", "x"),
        ("hold", "--all", "prod", "--reason", "x"),
    ],
)
def test_a_channel_that_was_not_told_of_a_decision_is_named(
    cli: CommandLine, engine: FakeEngine, command: tuple[str, ...]
) -> None:
    engine.script.unnotified = (("notify[0] (webhook)", "it answered 500"),)
    answer = cli(*command)
    assert answer.code == 0
    assert {*answer.err.splitlines()} == {"notify[0] (webhook) was not notified: it answered 500"}
