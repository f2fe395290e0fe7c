"""Where a stage's rules and its record come from, and what others did to the stack, each with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates.policy import DecisionsGate, ExternalUpdateGate, PolicyGate
from promote_tui.core.model.policy_source import PolicyOrigin
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.next_steps import NextStep
from promote_tui.core.value import replace
from tests.support.gates import HOUR, RULES, blocked, context, passes
from tests.support.values import NOW

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from tests.support.aliases import Argument

REMOTE = PolicyOrigin("remote", ref="upstream/release/2", sha="1a2b3c4" + "0" * 33, fetched_at=NOW - 2 * HOUR)
LOCAL = PolicyOrigin("local", "the configuration is in no repository", ref="upstream/main", sha="1a2b3c4" + "0" * 33)
SOAKED = Rules(soak=60.0)
AS_ON = "as on upstream/release/2@1a2b3c4"
OFFLINE = "its remote cannot be reached"
GONE_ON = "upstream/release/2 has gone on"


@pytest.mark.parametrize(
    ("rules", "facts", "says"),
    [
        (SOAKED, {}, None),
        (SOAKED, {"policy": REMOTE}, passes("policy", f"{AS_ON}, fetched 2h ago")),
        (SOAKED, {"policy": replace(REMOTE, fetched_at=None)}, passes("policy", AS_ON)),
        (
            SOAKED,
            {"policy": replace(REMOTE, differs=("prod: soak", "prod: freeze"))},
            passes(
                "policy",
                f"{AS_ON}, fetched 2h ago; your file differs, which has no effect: prod: soak, prod: freeze",
                warns=True,
            ),
        ),
        (
            SOAKED,
            {"policy": replace(REMOTE, differs=("prod: soak",)), "remote_unavailable": OFFLINE},
            passes(
                "policy",
                f"{AS_ON}, fetched 2h ago; your file differs, which has no effect: prod: soak; {OFFLINE}",
                warns=True,
            ),
        ),
        (
            SOAKED,
            {"policy": replace(REMOTE, fetched_at=None), "remote_unavailable": OFFLINE},
            passes("policy", f"{AS_ON}, of unknown age; {OFFLINE}", warns=True),
        ),
        (
            SOAKED,
            {"policy": REMOTE, "remote_advanced": GONE_ON},
            blocked(
                "policy",
                f"{GONE_ON}; {AS_ON}, fetched 2h ago",
                "git fetch in the configuration's repository, then plan again",
                step=NextStep("fetch"),
            ),
        ),
        (
            SOAKED,
            {"policy": REMOTE, "remote_advanced": GONE_ON, "default_branch_changed": "the default branch is main now"},
            blocked(
                "policy",
                "the default branch is main now",
                "git remote set-head upstream --auto, then plan again",
                step=NextStep("fetch"),
            ),
        ),
        (
            SOAKED,
            {"policy": replace(LOCAL, unread=True, why="its configuration cannot be read")},
            blocked(
                "policy",
                "its configuration cannot be read",
                "fix the configuration's repository, then plan again",
            ),
        ),
        (RULES, {"policy": LOCAL}, None),
        (SOAKED, {"policy": LOCAL}, passes("policy", "local: the configuration is in no repository", warns=True)),
        (
            RULES,
            {"policy": LOCAL, "remote_advanced": "upstream/main has gone on"},
            passes(
                "policy",
                "local: the configuration is in no repository; upstream/main has gone on, "
                "its rules are unknown until it is fetched",
                warns=True,
            ),
        ),
    ],
)
def test_the_rules_are_those_that_the_remote_has_now(
    rules: Rules, facts: dict[str, Argument], says: GateResult | None
) -> None:
    assert PolicyGate().check(context(rules, **facts)) == says


def test_what_somebody_else_did_to_the_stack_is_named_and_closes_nothing() -> None:
    assert ExternalUpdateGate().check(context(RULES)) is None
    assert ExternalUpdateGate().check(context(RULES, external_update="eve updated it")) == passes(
        "foreign", "eve updated it; this deploy replaces it", warns=True
    )


def test_decisions_that_cannot_be_read_stop_a_promotion_whatever_its_stage_asks() -> None:
    assert DecisionsGate().check(context(RULES)) is None
    assert DecisionsGate().check(context(RULES, problem="the ledger is out of reach")) == blocked(
        "decisions", "the ledger is out of reach", "fix the ledger, then plan again"
    )
