"""Drift of all three kinds: what waits and a hotfix, settings that differ, and what was changed by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from promote_tui.core.changes.stack_drift import PropertyDrift, ResourceDrift, StackDrift
from promote_tui.core.drift.commits import CommitDrift, Revert
from promote_tui.core.drift.config import ConfigDrift, Difference
from tests.support.fakes import world

if TYPE_CHECKING:
    from tests.support.fakes.engine import FakeEngine

LAMBDA = "AWS::Lambda::Function"
HOTFIX = world.commit("b4471aa", "Round half to even", "joe", 50)
REVERT = world.commit("f03c9d1", 'Revert "Index orders by tenant"', "lea", 30)
SETTINGS = ConfigDrift(
    (
        Difference("environment", "OrdersFunction", "both", LAMBDA, "TOKEN"),
        Difference("property", "OrdersFunction", "both", LAMBDA, "MemorySize", "1024", "512"),
        Difference("environment", "OrdersFunction", "before", LAMBDA, "TRACE"),
        Difference("resource", "OrdersAlarm", "here", "AWS::CloudWatch::Alarm"),
        Difference("parameter", "Size", "here"),
    )
)
OTHER = ConfigDrift((Difference("property", "MailFunction", "before", LAMBDA, "Timeout", "", "30"),))
BY_HAND = StackDrift(
    (
        ResourceDrift(
            "ChargeFunction",
            LAMBDA,
            deleted=False,
            properties=(
                PropertyDrift("Timeout", "change", "6", "30"),
                PropertyDrift("Environment.Variables.TOKEN", "change", "secret-1", "secret-2"),
            ),
        ),
        ResourceDrift("ErrorsAlarm", "AWS::CloudWatch::Alarm", deleted=True),
    ),
    world.NOW - timedelta(days=4),
)


def drifted(engine: FakeEngine) -> None:
    """Let billing be changed by hand on prod, orders and emails have other settings, checkout a hotfix."""
    script = engine.script
    script.cells["emails", "prod"] = world.deployed("emails", "prod", "0aa7c3e", hours=72)
    script.commit_drifts["checkout", "staging"] = CommitDrift(world.COMMITS[:4], (HOTFIX,), (HOTFIX,))
    script.commit_drifts["orders", "prod"] = CommitDrift(
        (REVERT, *world.COMMITS[:4]), (), (), (Revert(REVERT, "Index orders by tenant", "here"),)
    )
    script.config_drifts["orders", "prod"] = SETTINGS
    script.config_drifts["emails", "prod"] = OTHER
    script.config_drifts["billing", "staging"] = ConfigDrift(unknown="the template of dev: no right to read it")
    script.stack_drifts["billing", "prod"] = BY_HAND
