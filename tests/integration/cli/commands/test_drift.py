"""`drift`: the three kinds apart, with their causes, as text and as JSON."""

from __future__ import annotations

import pytest

from promote_tui.core.drift.commits import CommitDrift
from promote_tui.core.git.relation import NotApplicable, Unknown
from promote_tui.core.matrix import CellView
from promote_tui.core.model.cells import StackState, Unreachable, Unreported
from promote_tui.core.model.stack_status import status
from promote_tui.core.runs.notices import Notice
from promote_tui.core.traffic.model import RoutedVersion, ServedAlias, Traffic
from promote_tui.core.value import replace
from tests.integration.cli.conftest import CommandLine, calls
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine
from tests.support.tui_drifted import BY_HAND, drifted

COMMIT = """\
Commit  verified in the stage before and not deployed here, or only here
  ▼ checkout/prod  11 behind staging  9d
  ▼ orders/prod  5 behind staging  9d
     !  prod still runs what f03c9d1 reverts: Index orders by tenant
     +  f03c9d1 Revert "Index orders by tenant"                       lea
     +  8d20b6e Move orders to a key by tenant                        ana
     +  f03c9d1 Index orders by tenant                                ana
     +  6be21a7 Return 409 on duplicate order                         joe
     +  d5518c0 Bump powertools to 3.2                                bot
  ◆ checkout/staging  4 behind, 1 ahead of dev  2d
     !  hotfix b4471aa is not in dev: Round half to even
     +  8d20b6e Move orders to a key by tenant            ana
     +  f03c9d1 Index orders by tenant                    ana
     +  6be21a7 Return 409 on duplicate order             joe
     +  d5518c0 Bump powertools to 3.2                    bot
"""
CONFIG = """\
Config  settings differ from the stage before
  ~ orders/prod  5 settings differ from staging  9d
     OrdersFunction  MemorySize 1024 (staging: 512)
     OrdersAlarm     CloudWatch::Alarm, not in staging
     OrdersFunction  env TOKEN differs
     OrdersFunction  env TRACE missing; staging has it
     Size            parameter, not in staging
  billing/staging: the template of dev: no right to read it
"""
STACK = """\
Stack  changed outside of a promotion
  ✗ billing/prod  2 resources changed by hand  6d
     ChargeFunction  Timeout 6 → 30
     ChargeFunction  Environment.Variables.TOKEN changed
     ErrorsAlarm     was deleted
"""
NO_TRAFFIC = """\
Traffic  requests reach other code than was deployed
  no drift
"""


@pytest.fixture(autouse=True)
def _drifted(engine: FakeEngine) -> None:
    drifted(engine)
    engine.script.detected["billing", "prod"] = BY_HAND


def test_the_kinds_stand_apart_each_with_its_causes(cli: CommandLine) -> None:
    answer = cli("drift", "checkout", "orders", "billing", "--stage", "prod", "--stage", "staging")
    commit = COMMIT.replace("  ◆ checkout", "  ▼ billing/prod  2 behind staging  6d\n  ◆ checkout")
    stack = f"{STACK}  as CloudFormation found it 4d ago\n"
    assert answer.out == f"{commit}  ▼ billing/staging  3 behind dev  1d\n\n{CONFIG}\n{stack}\n{NO_TRAFFIC}"
    assert answer.code == 0
    assert "billing/prod: CloudFormation checks for drift\n" in answer.err


def test_only_the_kinds_that_were_asked_for(cli: CommandLine, engine: FakeEngine) -> None:
    assert cli("drift", "orders", "checkout", "--kind", "commit").out == COMMIT
    assert not any(engine.called(method) for method in ("drift.of_config", "drift.detect", "drift.of_stack"))
    both = cli("drift", "orders", "--kind", "config,stack").out
    assert "Commit" not in both
    assert both == cli("drift", "orders", "--kind", "stack", "--kind", "config").out


def test_nothing_that_differs_says_so(cli: CommandLine) -> None:
    out = cli("drift", "catalog", "--stage", "prod").out
    assert out.count("  no drift\n") == 4


def test_a_stage_that_cannot_be_read_is_named_with_its_next_step(cli: CommandLine) -> None:
    answer = cli("drift", "webhooks", "--stage", "dev")
    assert answer.code == 4
    assert answer.out.endswith("webhooks/dev: the SSO session has expired; aws sso login --profile acme-dev\n")
    assert answer.out.count("  nothing could be read\n") == 4
    assert "no drift" not in answer.out
    assert cli("drift", "webhooks").code == 0


def test_what_cannot_be_looked_at_says_why(cli: CommandLine, engine: FakeEngine) -> None:
    unknown = type(BY_HAND)(unknown="no right to cloudformation:DetectStackDrift")
    engine.script.detected["billing", "prod"] = unknown
    out = cli("drift", "billing", "--stage", "prod", "--kind", "stack").out
    assert out.splitlines()[1:] == ["  billing/prod: no right to cloudformation:DetectStackDrift"]


def test_read_only_starts_no_detection_and_says_how_old_the_last_one_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine(replace(world.pipeline(), read_only=True))
    drifted(engine)
    out = CommandLine(engine, capsys, monkeypatch)("--read-only", "drift", "billing", "--kind", "stack").out
    never = "  never checked: billing/dev, billing/staging\n"
    assert out == f"{STACK}  as CloudFormation found it 4d ago\n{never}"
    assert not engine.called("drift.detect")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("orders", "--kind", "config"), 5),
        (("checkout", "--kind", "commit"), 5),
        (("billing", "--kind", "stack"), 5),
        (("catalog", "--stage", "prod"), 0),
        (("billing", "--kind", "config"), 5),  # a template that cannot be read may say anything
    ],
)
def test_the_exit_code_tells_of_drift_where_asked(cli: CommandLine, words: tuple[str, ...], code: int) -> None:
    assert cli("drift", *words, "--exit-code").code == code
    assert cli("drift", *words).code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nobody",), "service nobody: there is no such service"),
        (("--stage", "qa"), "stage qa: there is no such stage; one of: dev, staging, prod"),
        (("--kind", "code"), "--kind: 'code' is not a kind of drift; one of: commit, config, stack"),
        (("--kind", ""), "--kind: '' is not a kind of drift"),
    ],
)
def test_a_name_that_is_none_is_a_usage_error(cli: CommandLine, words: tuple[str, ...], says: str) -> None:
    answer = cli("drift", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(says)


def test_drift_as_json(cli: CommandLine) -> None:
    found = cli("drift", "billing", "checkout", "orders", "--json").json
    assert (found["schema"], found["project"], found["kinds"]) == (1, "acme", ["commit", "config", "stack", "traffic"])
    rows = {(row["service"], row["stage"]): row for row in found["drifts"]}
    hotfix = rows["checkout", "staging"]["commit"]
    assert (hotfix["drifted"], hotfix["relation"], hotfix["ahead"], hotfix["behind"]) == (True, "diverged", 1, 4)
    assert hotfix["hotfixes"] == [world.sha("b4471aa")]
    (revert,) = rows["orders", "prod"]["commit"]["reverts"]
    assert (revert["reverts"], revert["runs_in"]) == ("Index orders by tenant", "prod")
    settings = {(one["part"], one["path"]): one for one in rows["orders", "prod"]["config"]["differences"]}
    assert settings["property", "MemorySize"]["here"] == "1024"
    assert settings["environment", "TOKEN"] == {
        "part": "environment",
        "name": "OrdersFunction",
        "type": "AWS::Lambda::Function",
        "path": "TOKEN",
        "in": "both",
        "here": None,
        "before": None,
    }
    assert rows["billing", "staging"]["config"]["unknown"] == "the template of dev: no right to read it"
    function, alarm = rows["billing", "prod"]["stack"]["resources"]
    assert function["properties"][0] == {"path": "Timeout", "expected": "6", "actual": "30"}
    assert function["properties"][1] == {"path": "Environment.Variables.TOKEN", "expected": None, "actual": None}
    assert alarm["deleted"]


SPLIT = Traffic((ServedAlias("orders-hello", "live", (RoutedVersion("41", 0.9, "old", "02d198b" + "0" * 33),), "new"),))


def test_requests_that_reach_other_code_are_a_kind_of_drift(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.traffic["orders", "prod"] = SPLIT
    answer = cli("drift", "orders", "--kind", "traffic", "--exit-code")
    assert answer.code == 5
    assert "  ≠ orders/prod  traffic 90 % on 02d198b" in answer.out
    assert "live of orders-hello: 90 % on version 41 (02d198b)" in answer.out
    (row,) = cli("drift", "orders", "--stage", "prod", "--kind", "traffic", "--json").json["drifts"]
    assert row["traffic"]["drifted"] is True
    assert row["traffic"]["traffic"]["headline"] == "traffic 90 % on 02d198b"
    assert row["commit"] is None


@pytest.mark.parametrize("found", [None, Traffic(unread="the aliases of x: denied")])
def test_traffic_that_was_not_checked_is_unknown_and_never_no_drift(
    cli: CommandLine, engine: FakeEngine, found: Traffic | None
) -> None:
    engine.script.traffic["orders", "prod"] = found
    answer = cli("drift", "orders", "--stage", "prod", "--kind", "traffic", "--exit-code")
    why = found.unread if found else "which code its requests reach was not checked"
    assert (answer.code, f"  orders/prod: {why}\n" in answer.out, "no drift" in answer.out) == (5, True, False)
    (row,) = cli("drift", "orders", "--stage", "prod", "--kind", "traffic", "--json").json["drifts"]
    assert (row["traffic"]["drifted"], row["traffic"]["unknown"]) == (None, why)


def test_an_unreadable_stage_is_a_value_in_json(cli: CommandLine, engine: FakeEngine) -> None:
    (row,) = cli("drift", "webhooks", "--stage", "dev", "--json").json["drifts"]
    cell = engine.script.cells["webhooks", "dev"].cell
    assert isinstance(cell, Unreachable)
    assert (row["reason"], row["remedy"]) == (cell.reason, cell.remedy)
    assert (row["commit"], row["config"], row["stack"]) == (None, None, None)


def test_each_stack_is_looked_at_once(cli: CommandLine, engine: FakeEngine) -> None:
    cli("drift", "billing", "--kind", "stack")
    assert sorted(calls(engine, "drift.detect")) == [("billing/dev",), ("billing/prod",), ("billing/staging",)]


def test_who_interrupts_is_not_kept_waiting(cli: CommandLine, engine: FakeEngine) -> None:
    engine.script.errors["drift.detect"] = KeyboardInterrupt()  # type: ignore[assignment]
    answer = cli("drift", "billing", "--kind", "stack")
    assert answer.code == 130
    assert "Traceback" not in answer.err


def test_what_no_stack_names_cannot_be_told_and_is_never_no_drift(cli: CommandLine, engine: FakeEngine) -> None:
    for key, view in engine.script.cells.items():
        stack = StackState("arn", "x", status("UPDATE_COMPLETE"), "UPDATE_COMPLETE", None, None)
        cell = Unreported(view.cell.target, stack, "the stack has no output DeployedCommit", "promote to it")
        why = f"the commit of {key[1]} is unknown: {cell.reason}"
        relation = NotApplicable() if view.against is None else Unknown(why)
        engine.script.cells[key] = CellView(cell, relation, view.against)
        engine.script.commit_drifts[key] = CommitDrift(unknown=why)
    answer = cli("drift", "--kind", "commit", "--exit-code")
    assert answer.code == 5
    assert "no drift" not in answer.out
    assert "  billing/dev: the commit of dev is unknown: the stack has no output DeployedCommit" in answer.out
    rows = cli("drift", "--kind", "commit", "--json").json["drifts"]
    assert {row["commit"]["drifted"] for row in rows} == {None}

    told = cli("status", "--exit-code")
    assert told.code == 5
    assert "unknown whether these differ from the stage before: billing/staging, billing/prod" in told.err
    assert cli("status").code == 0


def test_channels_are_told_of_drift_only_when_that_is_asked_for(cli: CommandLine, engine: FakeEngine) -> None:
    cli("drift", "billing", "--kind", "stack")
    assert engine.announced == []
    engine.script.unnotified = (("notify[0] (webhook)", "it answered 500"),)
    answer = cli("drift", "billing", "--kind", "stack", "--notify")
    assert [each.text for each in engine.announced if isinstance(each, Notice)] == ["≠ billing prod: stack drift"]
    assert "notify[0] (webhook) was not notified: it answered 500" in answer.err
    assert answer.code == 0
