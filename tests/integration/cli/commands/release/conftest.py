"""A command line whose engine has a release that may be planned: three services in two waves."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.team_rules import Approvals, Rules
from promote_tui.core.releases import events as e
from promote_tui.core.releases.review import BlockedGate, MemberReview, ReviewedChange
from promote_tui.core.value import replace
from tests.integration.cli.conftest import CommandLine
from tests.support import tui_releasing
from tests.support.fakes.engine import FakeEngine

if TYPE_CHECKING:
    from pathlib import Path

NAME = "friday"
PHRASE = "release friday prod"
TABLE = ReviewedChange("OrdersTable", "AWS::DynamoDB::Table", "modify", "true", holds_data=True)
TOPIC = ReviewedChange("Topic", "AWS::SNS::Topic", "add")
SOAK = BlockedGate("soak", "2h of 4h", "wait", "time", overridable=True)


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    """Return an engine whose prod asks for an approval and a tick, and lets soak be overridden."""
    ready = tui_releasing.ready()
    rules = Rules(approvals=Approvals(1), checklist=("QA",), overridable=("soak",))
    stages = tuple(replace(each, rules=rules if each.name == "prod" else each.rules) for each in ready.pipeline.stages)
    engine = FakeEngine(replace(ready.pipeline, stages=stages), tmp_path)
    engine.script.cells, engine.script.drafts = ready.script.cells, ready.script.drafts
    engine.script.reviews = {
        "billing": MemberReview(2, ("ana",), (), typical_seconds=120.0),
        "catalog": MemberReview(4, ("ana", "joe"), (TOPIC,), blocked=(SOAK,), typical_seconds=60.0),
        "orders": MemberReview(5, ("joe",), (TABLE,), one_way="OrdersTable would be replaced", typical_seconds=90.0),
    }
    return engine


@pytest.fixture
def cli(engine: FakeEngine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return CommandLine(engine, capsys, monkeypatch)


@pytest.fixture
def planned(cli: CommandLine) -> CommandLine:
    """A command line with the release `friday`, planned into prod."""
    assert cli("release", "plan", NAME, "--to", "prod").code == 0
    return cli


def verified(engine: FakeEngine, *services: str) -> tuple[e.ReleaseEvent, ...]:
    """Return what is written of services that are promoted one after the other."""
    now = engine.clock.now()
    return tuple(
        event
        for name in services
        for event in (e.MemberStarted(now, name, f"run-{name}"), e.MemberEnded(now, name, f"run-{name}", "verified"))
    )


def failed(engine: FakeEngine, service: str) -> tuple[e.ReleaseEvent, ...]:
    """Return what is written of a service whose run failed, so that the release waits for a person."""
    now = engine.clock.now()
    return (
        e.MemberStarted(now, service, f"run-{service}"),
        e.MemberEnded(
            now, service, f"run-{service}", "failed", "Table is too small", "make it larger", remains="before"
        ),
        e.ReleasePaused(now, "failure", f"in trouble: {service}", (service,)),
    )


def done(engine: FakeEngine) -> tuple[e.ReleaseEvent, ...]:
    """Return all that is written of a release that goes well."""
    return (*verified(engine, "catalog", "billing", "orders"), e.ReleaseEnded(engine.clock.now(), "done"))
