"""What comes from outside never reaches a terminal as something that it acts on."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.model import PropertyChange, ResourceChange
from promote_tui.core.errors import AwsError, ConfigError
from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.gates.model import GateResult
from promote_tui.core.model.cells import Unreachable
from promote_tui.core.model.pipeline import FileChange
from promote_tui.core.model.tickets import Tickets
from promote_tui.core.release_notes.model import End, Infrastructure, Notes, ServiceNotes, entries, sections
from promote_tui.core.releases.events import Member, ReleasePlanned
from promote_tui.core.runs.events import Checked, Failed, GateRecord, Released, SmokeTested
from promote_tui.core.value import replace
from promote_tui.ports import ToolCheck
from tests.support.fakes import world

if TYPE_CHECKING:
    from tests.integration.cli.conftest import CommandLine
    from tests.support.fakes.engine import FakeEngine

NEEDLE = "\x1b]52;c;aGFjaw==\x07\x1b[2J\x9b31m\u202egpj.exe\u2066\r\n\x08\x00\u2028\ud800"


@pytest.fixture(autouse=True)
def _planted(engine: FakeEngine) -> None:
    """The needle in subjects, authors, reasons, remedies, paths, ids, logs and commands."""
    script = engine.script
    bad = world.commit("8d20b6e", f"Fix {NEEDLE}", f"eve{NEEDLE}")
    gates = (GateResult(f"gate{NEEDLE}", passed=True, reason=f"why{NEEDLE}"), *world.PASSED)
    draft = world.draft("orders", "prod", brings=(bad,), removes=(bad,), gates=gates, onto=bad)
    draft = replace(draft, files=(FileChange("M", f"a{NEEDLE}"),))
    closed = replace(draft, gates=(GateResult("x", passed=False, reason=NEEDLE, remedy=NEEDLE),))
    plan = world.plan(draft)
    script.drafts = {("orders", "prod"): draft, ("orders", "dev"): closed}
    script.plans["orders", "prod"] = replace(plan, command=("npx", f"osls{NEEDLE}"))
    script.steps = (NEEDLE,)
    script.logs["orders", None] = (bad,)
    script.checks = (ToolCheck(f"git{NEEDLE}", ok=False, found=NEEDLE, remedy=NEEDLE),)
    script.pruned = (NEEDLE,)
    bad_change = ResourceChange(NEEDLE, NEEDLE, "modify", properties=(PropertyChange(NEEDLE),))
    told = entries([bad], {bad.sha: f"BREAKING CHANGE: {NEEDLE}"}, None, Tickets(".+"))
    end = End(NEEDLE, bad.sha)
    its = ServiceNotes("orders", end, end, sections(told), (NEEDLE,), None, Infrastructure((bad_change,), NEEDLE))
    script.notes = Notes(NEEDLE, NEEDLE, NEEDLE, world.NOW, (its,))
    view = world.cells()["orders", "dev"]
    script.cells["orders", "dev"] = replace(view, commit=bad)
    lost = Unreachable(world.target("orders", "prod"), f"no{NEEDLE}", f"do{NEEDLE}")
    script.cells["orders", "prod"] = replace(view, cell=lost)
    engine.add_run("gk2m3p", plan, "rolled_back")
    engine.ledger["gk2m3p"][0] = replace(engine.planned("gk2m3p"), who=NEEDLE, reason=NEEDLE, subject=NEEDLE)
    _plant_record(engine)
    engine.runs.log_file("gk2m3p").write_bytes(NEEDLE.encode("utf-8", "replace") + b"\xff\x1b[31mred\n")


def _plant_record(engine: FakeEngine) -> None:
    """The needle in a run that the ledger alone tells of, in decisions about it, and in a release."""
    first, record = replace(engine.planned("gk2m3p"), release=NEEDLE, policy=NEEDLE), engine.script.record
    lease = record.acquire(first.key, first.run)
    gates = (GateRecord("approvals", passed=True, reason=NEEDLE),)
    for event in (first, Checked(first.at, NEEDLE, gates), SmokeTested(first.at, passed=True, reason=NEEDLE)):
        lease.append(event)
    lease.append(Failed(first.at, NEEDLE, first.to_commit, deployed=True))
    lease.append(Released(first.at, lease.fence))
    lease.release()
    decided: tuple[tuple[DecisionKind, int, str | None, str], ...]
    decided = (("approve", -1, first.to_commit, ""), ("check", -1, first.to_commit, NEEDLE), ("hold", 1, None, ""))
    for kind, minutes, commit, item in decided:
        at, arn = first.at + timedelta(minutes=minutes), "arn:aws:iam::1:user/x"
        record.append_decision(Decision(at, kind, "orders", "prod", commit, NEEDLE, arn, NEEDLE, item))
    member = Member("orders", first.to_commit, NEEDLE, None)
    planned = ReleasePlanned(first.at, NEEDLE, "prod", "staging", (member,), (("orders",),), (), NEEDLE, NEEDLE)
    engine.write_release(NEEDLE, planned)
    engine.append("hz1111", replace(first, run="hz1111"))


def _harmless(text: str) -> bool:
    return not [char for char in text if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("status", "--json"),
        ("log", "orders"),
        ("log", "orders", "--json"),
        ("plan", "orders", "--to", "prod"),
        ("plan", "orders", "--to", "prod", "--markdown"),
        ("plan", "orders", "--to", "prod", "--json"),
        ("promote", "orders", "--to", "prod", "--confirm", "orders prod"),
        ("promote", "orders", "--to", "prod", "--dry-run"),
        ("promote", "orders", "--to", "prod"),
        ("promote", "orders", "--to", "dev"),
        ("notes", "orders", "--from", "staging", "--to", "prod"),
        ("notes", "orders", "--from", "staging", "--to", "prod", "--format", "html"),
        ("notes", "orders", "--from", "staging", "--to", "prod", "--format", "json"),
        ("runs",),
        ("runs", "--json"),
        ("runs", "show", "gk"),
        ("runs", "show", "gk", "--json"),
        ("runs", "reconcile", "gk"),
        ("why", "orders", "prod"),
        ("why", "orders", "prod", "--json"),
        ("status", "--at", "1h"),
        ("status", "--at", "1h", "--json"),
        ("notes", "--release", NEEDLE),
        ("release", "compare", NEEDLE, NEEDLE),
        ("release", "compare", NEEDLE, NEEDLE, "--json"),
        ("attach", "gk"),
        ("logs", "gk"),
        ("logs", "gk", "-f"),
        ("doctor",),
        ("doctor", "--json"),
        ("prune",),
        ("status", NEEDLE),
        ("log", NEEDLE),
        ("plan", NEEDLE, "--to", NEEDLE),
        ("runs", "show", NEEDLE),
        ("runs", "--since", NEEDLE),
        ("--color", NEEDLE),
        ("-C", NEEDLE, "config", "path"),
        ("--config", NEEDLE.replace("\x00", ""), "config", "path"),
        (NEEDLE,),
    ],
)
def test_a_planted_needle_is_never_written_as_it_is(cli: CommandLine, words: tuple[str, ...]) -> None:
    answer = cli(*words)
    assert answer.out + answer.err
    assert _harmless(answer.out + answer.err)
    assert "internal error" not in answer.err


def test_json_parsed_again_holds_nothing_to_act_on_either(cli: CommandLine) -> None:
    subject = cli("log", "orders", "--json").json["commits"][0]["subject"]
    assert subject.startswith("Fix \ufffd]52")
    assert _harmless(subject)


@pytest.mark.parametrize("error", [AwsError("a" + NEEDLE, NEEDLE, NEEDLE), ConfigError("f", (NEEDLE, NEEDLE), NEEDLE)])
def test_errors_are_cleaned_too(cli: CommandLine, engine: FakeEngine, error: AwsError | ConfigError) -> None:
    engine.script.errors["snapshot"] = error
    assert _harmless(cli("status").err)
