"""`plan` and `promote`: what is shown, what confirms, what refuses, and how the end is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.model import ChangeReview
from promote_tui.core.errors import (
    AwsError,
    CredentialsError,
    DeployError,
    LedgerError,
    LockHeld,
    PlanStale,
    PromoteError,
    UsageError,
)
from promote_tui.core.gates.model import GateResult
from promote_tui.core.package.artifact_diff import Comparison
from promote_tui.core.planning.plan import ApprovedPlan
from promote_tui.core.runs.events import NotSubmitted, Released
from promote_tui.core.value import replace
from tests.integration.cli.conftest import calls
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine, opening
from tests.support.fakes.engine.plans import FakePlans
from tests.support.fakes.engine.runs import FakeRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.core.model.pipeline import Confirm
    from promote_tui.ports import Recorded
    from tests.integration.cli.conftest import CommandLine

COMMAND = (
    "npx osls deploy --stage staging --region eu-west-1 --package /state/promote-tui/plans/plan-0001/package"
    f" --aws-profile promote-tui --param commit={world.sha('8d20b6e')} --verbose"
)
REVIEW = f"""\
orders → staging
  stack     orders-staging
  account   222222222222 (eu-west-1)
  commit    8d20b6e Move orders to a key by tenant (ana, 1d)
  deployed  2c7e914 Charge in the customer's currency (joe, 9d)

Deploys 2 commits
  +  8d20b6e  Move orders to a key by tenant  ana  1d
  +  f03c9d1  Index orders by tenant          ana  1d

Removes 1 commit
  -  6be21a7  Return 409 on duplicate order  joe  2d

2 files changed
  M services/orders/handler.js
  A libs/retry.js

Infrastructure
  nothing changes in the stack

Gates
  ✓  stage order    runs in staging
  ✓  branch         on main, which prod allows
  ✓  stack          orders-prod is UPDATE_COMPLETE
  ✓  account        333333333333 in eu-west-1
  ✓  target         the CLI resolves to orders-staging in eu-west-1
  ✓  commit output  the package of 4 files reports 8d20b6e

Command
  {COMMAND}
"""


@pytest.fixture(autouse=True)
def _staging(engine: FakeEngine) -> None:
    draft = world.draft("orders", "staging", brings=world.COMMITS[:2], removes=world.COMMITS[2:3])
    engine.script.drafts["orders", "staging"] = draft


def _close(engine: FakeEngine, stage: str, *, early: bool) -> None:
    """Close two gates of the draft, or one that only the package can tell of."""
    branch = replace(world.CLOSED, name="branch", reason="8d20b6e is only on feature/x", remedy="merge it")
    draft = world.draft("orders", stage, gates=(world.CLOSED, branch) if early else world.PASSED)
    engine.script.drafts["orders", stage] = draft
    late = replace(
        world.CLOSED, name="target", reason="the Serverless CLI would deploy to stack other", remedy="mend it"
    )
    engine.script.plans["orders", stage] = world.plan(draft, gates=(*world.PASSED, late))


def test_a_vetoed_commit_is_refused_by_its_veto_first(cli: CommandLine, engine: FakeEngine) -> None:
    remedy = "promote another commit: a veto is permanent"
    veto = GateResult("veto", passed=False, reason="ben vetoed it", remedy=remedy, opened_by="another commit")
    engine.script.drafts["orders", "staging"] = world.draft("orders", "staging", gates=(world.CLOSED, veto))
    done = cli("promote", "orders", "--to", "staging", "--yes")
    assert done.code == 3
    assert done.err.splitlines()[-1].endswith(
        f"orders/staging: veto: ben vetoed it; stage order: 8d20b6e was never verified in staging; {remedy}"
    )


def test_plan_json_tells_how_the_code_compares_with_the_stage_before(cli: CommandLine, engine: FakeEngine) -> None:
    made = world.plan(engine.script.drafts["orders", "staging"])
    assert cli("plan", "orders", "--to", "staging", "--json").json["plans"][0]["artifact"] is None
    found = Comparison("different", "the lockfile differs (yarn.lock)", ("HelloLambdaFunction",))
    engine.script.plans["orders", "staging"] = replace(made, artifact=found)
    assert cli("plan", "orders", "--to", "staging", "--json").json["plans"][0]["artifact"] == {
        "verdict": "different",
        "reason": "the lockfile differs (yarn.lock)",
        "functions": ["HelloLambdaFunction"],
    }


def test_an_open_gate_that_warns_is_pointed_out(cli: CommandLine, engine: FakeEngine) -> None:
    warning = GateResult("same artifact", passed=True, reason="the lockfile differs (yarn.lock)", warns=True)
    draft = engine.script.drafts["orders", "staging"]
    engine.script.plans["orders", "staging"] = world.plan(draft, gates=(*world.PASSED, warning))
    assert "  !  same artifact  the lockfile differs (yarn.lock)" in cli("plan", "orders", "--to", "staging").out


def test_a_checkout_that_is_not_what_the_team_has_is_pointed_out_in_a_line(
    cli: CommandLine, engine: FakeEngine
) -> None:
    assert cli("plan", "orders", "--to", "staging", "--json").json["plans"][0]["warnings"] == []
    made = world.plan(engine.script.drafts["orders", "staging"])
    words = "vendor/lib, outside of the service's paths, is a submodule: no file of it is checked out"
    empty = "the environment value API_URL becomes empty: OrdersLambdaFunction"
    engine.script.plans["orders", "staging"] = replace(made, warnings=(words,), review=ChangeReview(warnings=(empty,)))
    assert f"\n\nInfrastructure\n  !  {empty}\n" in cli("plan", "orders", "--to", "staging").out
    assert f"\n\nCheckout\n  !  {words}\n\n" in cli("plan", "orders", "--to", "staging").out
    assert cli("plan", "orders", "--to", "staging", "--json").json["plans"][0]["warnings"] == [words]


def test_plan_markdown_is_one_comment_for_all_services(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.drafts["billing", "staging"] = world.draft("billing", "staging")
    answer = cli("plan", "orders", "billing", "--to", "staging", "--markdown")
    assert answer.code == 0
    assert answer.out.startswith("## promote-tui: plan for staging\n\n### orders/staging: every gate passes\n")
    assert answer.out.count("\n### billing/staging: every gate passes\n") == 1
    assert engine.discarded == ["plan-0001", "plan-0002"]


def test_plan_prints_either_json_or_markdown(cli: CommandLine) -> None:
    answer = cli("plan", "orders", "--to", "staging", "--markdown", "--json")
    assert answer.code == 2
    assert "--json and --markdown exclude each other" in answer.err


def test_plan_shows_the_review_and_leaves_nothing_behind(cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli("plan", "orders", "--to", "staging")
    assert (answer.code, answer.out) == (0, REVIEW)
    assert answer.err.splitlines() == [
        "orders → staging: 8d20b6e Move orders to a key by tenant",
        "  checkout",
        "  install",
        "  package",
        "  gates",
    ]
    assert engine.discarded == ["plan-0001"]
    assert not calls(engine, "runs.start")


def test_plan_json_has_the_promised_keys(cli: CommandLine) -> None:
    document = cli("plan", "orders", "--to", "staging", "--json").json
    assert list(document) == ["schema", "plans"]
    (plan,) = document["plans"]
    assert list(plan) == [
        *("service", "stage", "account", "region", "commit", "deployed", "deployed_named", "fingerprint"),
        *("commits", "files", "artifact", "changes", "review", "warnings", "gates", "way_back"),
        *("values", "afterwards", "ready"),
    ]
    assert [commit["short"] for commit in plan["commits"]] == ["8d20b6e", "f03c9d1"]
    assert plan["files"][0] == {"status": "M", "path": "services/orders/handler.js"}
    assert [list(gate) for gate in plan["gates"]] == [["name", "passed", "reason", "overridable"]] * 6
    assert (plan["account"], plan["commit"], plan["ready"]) == ("222222222222", world.sha("8d20b6e"), True)
    assert plan["deployed"] == world.sha("2c7e914")
    assert len(plan["fingerprint"]) == 64


def test_plan_of_several_services_is_one_document(cli: CommandLine, engine: FakeEngine) -> None:
    plans = cli("plan", "orders", "billing", "orders", "--to", "staging", "--json").json["plans"]
    assert [plan["service"] for plan in plans] == ["orders", "billing"]
    assert engine.discarded == ["plan-0001", "plan-0002"]


def test_plan_does_not_package_behind_a_closed_gate_and_says_why(cli: CommandLine, engine: FakeEngine) -> None:
    _close(engine, "staging", early=True)
    answer = cli("plan", "orders", "--to", "staging")
    assert answer.code == 0
    assert "  ✗  stage order  8d20b6e was never verified in staging; promote it to staging first" in answer.out
    assert answer.err == "orders/staging: not packaged: a gate is blocked\n"
    (plan,) = cli("plan", "orders", "--to", "staging", "--json").json["plans"]
    assert (plan["ready"], plan["fingerprint"], len(plan["gates"])) == (False, None, 2)
    assert not calls(engine, "plans.make")


def test_a_deployed_commit_that_the_clone_lacks_is_said(cli: CommandLine, engine: FakeEngine) -> None:
    draft = world.draft("orders", "prod")
    engine.script.drafts["orders", "prod"] = replace(draft, deployed=None)
    assert "2c7e914, which is not in this clone" in cli("plan", "orders", "--to", "prod").out
    engine.script.drafts["orders", "prod"] = world.draft("orders", "prod", onto=None)
    assert "  deployed  nothing yet" in cli("plan", "orders", "--to", "prod").out


def test_the_commit_that_is_named_is_the_one_that_is_drafted(cli: CommandLine, engine: FakeEngine) -> None:
    cli("plan", "orders", "--to", "prod", "--commit", "main~2")
    cli("promote", "orders", "--to", "dev")
    assert calls(engine, "plans.draft") == [("orders", "prod", "main~2"), ("orders", "dev", None)]


SUCCESS = """\
    0s  run run-0001 by ana: orders/staging from 2c7e914 to 8d20b6e
    1s  locked: process 4711 on laptop, fence 41
    4s  checked again: nothing changed, 1 gate passed
    5s  deploying: npx osls deploy
    5s  the Serverless CLI runs as process 4712
 1m35s  the Serverless CLI ended with exit code 0
 1m37s  the stack is UPDATE_COMPLETE and names 8d20b6e
 1m38s  verified
 1m39s  lock released
✓ orders/staging runs 8d20b6e (run run-0001, 1m38s)
"""


def test_promote_reviews_runs_and_tells_the_end(cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli("promote", "orders", "--to", "staging", "--yes", "--reason", "because")
    assert (answer.code, answer.out) == (0, "")
    assert REVIEW in answer.err
    assert answer.err.endswith("\n" + SUCCESS)
    ((approved,),) = calls(engine, "runs.start")
    assert _approved(approved).confirmation.reason == "because"
    assert engine.discarded == []


def _approved(value: object) -> ApprovedPlan:
    assert isinstance(value, ApprovedPlan)
    return value


PHRASE = "orders prod"


@pytest.mark.parametrize(
    ("confirm", "words", "typed", "expected"),
    [
        ("none", (), None, 0),
        ("ask", ("--yes",), None, 0),
        ("ask", ("--confirm", PHRASE), None, 0),
        ("ask", (), None, 3),
        ("ask", (), "y\n", 0),
        ("ask", (), "YES\n", 0),
        ("ask", (), "n\n", 3),
        ("ask", (), "\n", 3),
        ("ask", (), "", 3),
        ("ask", ("--confirm", "orders dev"), "y\n", 3),
        ("type", ("--confirm", PHRASE), None, 0),
        ("type", ("--yes",), None, 3),
        ("type", ("--yes",), "y\n", 3),
        ("type", ("--yes",), f"{PHRASE}\n", 0),
        ("type", (), f"{PHRASE}\n", 0),
        ("type", (), "orders staging\n", 3),
        ("type", ("--confirm", "orders staging"), f"{PHRASE}\n", 3),
        ("type", (), "", 3),
        ("type", (), None, 3),
    ],
)
def test_what_confirms_a_promotion(
    cli: CommandLine, engine: FakeEngine, confirm: Confirm, words: tuple[str, ...], typed: str | None, expected: int
) -> None:
    engine.script.drafts["orders", "prod"] = world.draft("orders", "prod", confirm=confirm)
    if typed is not None:
        cli.types(typed)
    answer = cli("promote", "orders", "--to", "prod", *words)
    assert answer.code == expected
    assert len(calls(engine, "runs.start")) == (expected == 0)
    assert engine.discarded == ([] if expected == 0 else ["plan-0001"])
    if expected:
        flag = '--confirm "orders prod"' if confirm == "type" else "--yes"
        assert answer.err.endswith(f"orders/prod: not confirmed; pass {flag}\n")


@pytest.mark.parametrize(
    ("confirm", "question"),
    [
        ("ask", "Promote 8d20b6e to orders/prod, account 333333333333, eu-west-1? [y/N] "),
        ("type", 'Type "orders prod" to deploy to orders/prod, account 333333333333, eu-west-1: '),
    ],
)
def test_the_question_names_the_target(cli: CommandLine, engine: FakeEngine, confirm: Confirm, question: str) -> None:
    engine.script.drafts["orders", "prod"] = world.draft("orders", "prod", confirm=confirm)
    cli.types("\n")
    assert question in cli("promote", "orders", "--to", "prod").err


def test_closed_gates_refuse_with_every_reason_before_packaging(cli: CommandLine, engine: FakeEngine) -> None:
    _close(engine, "staging", early=True)
    answer = cli("promote", "orders", "--to", "staging", "--yes")
    assert answer.code == 3
    assert answer.err.splitlines()[-1] == (
        "orders/staging: stage order: 8d20b6e was never verified in staging; branch: 8d20b6e is only on feature/x;"
        " promote it to staging first"
    )
    assert not calls(engine, "plans.make")


def test_a_gate_that_the_package_closes_refuses_without_asking(cli: CommandLine, engine: FakeEngine) -> None:
    _close(engine, "staging", early=False)
    cli.types("y\n")
    answer = cli("promote", "orders", "--to", "staging")
    assert answer.code == 3
    assert "[y/N]" not in answer.err
    assert answer.err.endswith("orders/staging: target: the Serverless CLI would deploy to stack other; mend it\n")
    assert engine.discarded == ["plan-0001"]


FAILURE = """\
✗ orders/staging: rolled back (run run-0001)
  cause  OrdersTable (AWS::DynamoDB::Table) UPDATE_FAILED: the table has a custom name
  now    2c7e914 runs there
  next   fix the cause, then promote again
  log    promote-tui logs run-0001
"""


def test_a_rollback_is_told_with_cause_what_runs_and_the_next_step(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.outcome = "rolled_back"
    answer = cli("promote", "orders", "--to", "staging", "--yes")
    assert answer.code == 1
    assert answer.err.endswith(FAILURE)


@pytest.mark.parametrize(("outcome", "expected"), [("failed", 1), ("unknown", 1), ("not_submitted", 3)])
def test_other_ends_have_their_exit_codes(cli: CommandLine, engine: FakeEngine, outcome: str, expected: int) -> None:
    engine.script.outcome = outcome  # type: ignore[assignment] # the table's words are the type's
    answer = cli("promote", "orders", "--to", "staging", "--yes")
    assert answer.code == expected
    if outcome == "unknown":
        assert "  next   promote-tui runs reconcile run-0001\n" in answer.err


def test_the_log_stands_between_the_events(cli: CommandLine, engine: FakeEngine) -> None:
    engine.runs.log_file("run-0001").write_text("\x1b[32mUploading\x1b[0m package\nno newline at the end")
    err = cli("promote", "orders", "--to", "staging", "--yes").err
    lines = err.splitlines()
    begun = next(index for index, line in enumerate(lines) if "the Serverless CLI runs as process" in line)
    assert lines[begun + 1] == "        │ Uploading package"
    assert lines[begun + 2] == " 1m35s  the Serverless CLI ended with exit code 0"
    assert "        │ no newline at the end" in lines


def test_detach_prints_the_run_and_does_not_wait(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.outcome = None
    answer = cli("promote", "orders", "--to", "staging", "--yes", "--detach")
    assert (answer.code, answer.out) == (0, "run-0001\n")
    assert answer.err.endswith("the run continues: promote-tui attach run-0001\n")
    assert not calls(engine, "runs.follow")


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
def test_a_dry_run_asks_nothing_and_starts_nothing(cli: CommandLine, engine: FakeEngine, stage: str) -> None:
    answer = cli("promote", "orders", "--to", stage, "--dry-run")
    assert answer.code == 0
    assert answer.out.startswith("npx osls deploy")
    assert not calls(engine, "runs.start")
    assert engine.discarded == ["plan-0001"]


def test_a_dry_run_that_would_be_refused_exits_3(
    cli: CommandLine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakePlans, "dry_run", lambda *_: False)
    assert cli("promote", "orders", "--to", "staging", "--dry-run").code == 3
    monkeypatch.undo()
    _close(engine, "staging", early=False)
    assert cli("promote", "orders", "--to", "staging", "--dry-run").code == 3


@pytest.mark.parametrize(
    ("method", "error", "expected"),
    [
        ("plans.draft", UsageError("orders/prod", "no commit was named", "pass --commit"), 2),
        ("plans.draft", CredentialsError("prod", "expired", "aws sso login"), 4),
        ("plans.make", DeployError("orders", "npm ci failed", "see the log"), 1),
        ("plans.make", AwsError("orders/prod", "AWS did not answer"), 1),
        ("runs.start", LockHeld("1/2/3", "run gk2m3p holds its lock", "promote-tui attach gk2m3p"), 3),
        ("runs.start", PlanStale("orders/prod", "the stack had an update of its own", "plan again"), 3),
        ("runs.start", LedgerError("ledger", "disk full"), 1),
    ],
)
def test_trouble_is_one_line_and_leaves_no_plan(
    cli: CommandLine, engine: FakeEngine, method: str, error: PromoteError, expected: int
) -> None:
    engine.script.errors[method] = error
    answer = cli("promote", "orders", "--to", "prod", "--confirm", PHRASE)
    assert answer.code == expected
    assert answer.err.splitlines()[-1] == str(error)
    assert engine.discarded == (["plan-0001"] if method == "runs.start" else [])


def test_read_only_refuses_before_anything_is_read(cli: CommandLine, engine: FakeEngine) -> None:
    answer = cli("--read-only", "promote", "orders", "--to", "staging", "--yes")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err == "orders/staging: promote-tui was started with --read-only; run it without --read-only\n"
    assert cli("promote", "orders", "--to", "staging", "--yes", "--read-only").code == 3
    assert engine.calls == []


def test_ctrl_c_while_watching_leaves_the_run_and_says_how_to_go_on(
    cli: CommandLine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.script.outcome = None

    def follow(self: FakeRuns, run: str, after: int = 0, **_: object) -> Iterator[Recorded]:
        yield from self.events(run, after)
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeRuns, "follow", follow)
    answer = cli("promote", "orders", "--to", "staging", "--yes")
    assert answer.code == 130
    assert answer.err.endswith(
        "\nthe run continues: promote-tui attach run-0001\nto stop it:        promote-tui cancel run-0001\n"
    )
    assert engine.discarded == []
    assert not calls(engine, "runs.cancel")


def test_a_ledger_that_fails_while_the_run_is_watched_is_told(
    cli: CommandLine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.script.outcome = None

    def fail(_self: FakeRuns, _run: str, *, say: Callable[[str], None]) -> Iterator[Recorded]:
        say("ledger: no answer; trying again")
        raise LedgerError("ledger", "no answer", "check the network")

    monkeypatch.setattr(FakeRuns, "follow", fail)
    answer = cli("promote", "orders", "--to", "staging", "--yes")
    assert answer.code == 1
    assert answer.err.splitlines()[-3:] == [
        "ledger: no answer; trying again",
        "the run may continue: promote-tui attach run-0001",
        "ledger: no answer; check the network",
    ]


@pytest.mark.parametrize(("facade", "method"), [(FakePlans, "make"), (FakeRuns, "start")])
def test_ctrl_c_earlier_says_what_may_have_begun(
    cli: CommandLine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, facade: type, method: str
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(facade, method, interrupted)
    answer = cli("promote", "orders", "--to", "staging", "--yes")
    assert (answer.code, engine.discarded) == (130, [])
    assert ("promote-tui runs --live" in answer.err) is (method == "start")


def test_ctrl_c_at_the_question_discards_the_plan(
    cli: CommandLine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    cli.types("")
    monkeypatch.setattr("promote_tui.cli.context.CliContext.answer", interrupted)
    answer = cli("promote", "orders", "--to", "staging")
    assert (answer.code, engine.discarded) == (130, ["plan-0001"])


def test_a_runner_that_dies_while_watched_is_said(
    cli: CommandLine, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.script.outcome = None

    def follow(self: FakeRuns, run: str, after: int = 0, **_: object) -> Iterator[Recorded]:
        engine.append(run, *opening(engine.planned(run)))
        yield from self.events(run, after)

    monkeypatch.setattr(FakeRuns, "follow", follow)
    answer = cli("promote", "orders", "--to", "staging", "--yes")
    assert answer.code == 1
    assert "  cause  its process is gone, and it left no verdict\n" in answer.err
    assert answer.err.endswith("  next   promote-tui runs reconcile run-0001\n  log    promote-tui logs run-0001\n")


def test_a_run_that_refused_under_the_lock_exits_3(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.outcome = None
    cli("promote", "orders", "--to", "staging", "--yes", "--detach")
    now = engine.clock.now()
    engine.append("run-0001", NotSubmitted(now, "the checkout was changed", "plan again"), Released(now, 41))
    answer = cli("attach", "run-0001")
    assert answer.code == 3
    assert "  now    nothing was deployed\n" in answer.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("promote", "orders"), "promote-tui promote: Missing option '--to'."),
        (("promote", "--to", "prod"), "promote-tui promote: Missing argument 'SERVICE'."),
        (("plan", "--to", "prod"), "promote-tui plan: Missing argument 'SERVICE...'."),
        (("promote", "orders", "--to", "prod", "--force"), "promote-tui promote: No such option"),
        (("log", "orders", "-n", "0"), "promote-tui log: Invalid value for '-n'"),
        (("synch",), "promote-tui: No such command 'synch'."),
        (("runs", "sho", "x"), "promote-tui runs: No such command 'sho'."),
    ],
)
def test_wrong_words_are_one_line_and_exit_2(cli: CommandLine, words: tuple[str, ...], message: str) -> None:
    answer = cli(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(message)
    assert answer.err.count("\n") == 1
