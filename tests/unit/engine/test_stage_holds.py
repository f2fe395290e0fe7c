"""Holds on every service of a stage: each stands for itself, and who repeats it changes only what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import LedgerError, UsageError
from promote_tui.core.gates.decisions import Decision, current_hold
from promote_tui.core.value import replace
from promote_tui.engine.stage_holds import HoldChange, HoldRequest
from tests.support.engine_world import World, engine_on

if TYPE_CHECKING:
    from promote_tui.engine.engine import Engine

NAMES = ("billing", "catalog", "orders")
HOLD, LIFT = HoldRequest("hold", "prod", "incident 42"), HoldRequest("unhold", "prod", "over")


@pytest.fixture
def engine(world: World) -> Engine:
    orders = world.pipeline.service("orders")
    named = [
        replace(orders, name=name, targets=tuple(replace(target, service=name) for target in orders.targets))
        for name in NAMES
    ]
    return engine_on(world.ports, replace(world.pipeline, services=tuple(named)))


def made(changes: list[HoldChange]) -> list[str]:
    return [each.service for each in changes if each.made]


def holds(world: World) -> dict[str, str]:
    """Why each service is on hold in prod."""
    now = world.clock.now()
    found = {name: current_hold(world.ledger.decisions(name, "prod"), "prod", now) for name in NAMES}
    return {name: hold.reason for name, hold in found.items() if hold}


def test_every_service_of_the_stage_is_held_and_let_go(world: World, engine: Engine) -> None:
    assert made(list(engine.decisions.change_holds(HOLD))) == [*NAMES]
    assert holds(world) == dict.fromkeys(NAMES, "incident 42")
    assert not current_hold(world.ledger.decisions("orders", "dev"), "dev", world.clock.now())
    lifted = list(engine.decisions.change_holds(LIFT))
    assert made(lifted) == [*NAMES]
    assert [each.before.reason for each in lifted if each.before] == ["incident 42"] * 3
    assert holds(world) == {}
    assert made(list(engine.decisions.change_holds(LIFT))) == []


def test_what_is_held_long_enough_stays_as_it_is(world: World, engine: Engine) -> None:
    now = world.clock.now()
    for name, hours in (("billing", None), ("catalog", 1), ("orders", 9)):
        ends = now + timedelta(hours=hours) if hours else None
        arn = "arn:aws:iam::333333333333:user/ben"
        world.ledger.append_decision(Decision(now, "hold", name, "prod", None, "ben", arn, "mine", expires_at=ends))
    until = HoldRequest("hold", "prod", "incident 42", now + timedelta(hours=4))
    changes = list(engine.decisions.change_holds(until))
    assert made(changes) == ["catalog"]
    assert [each.before.who for each in changes if each.before] == ["ben"] * 3
    assert made(list(engine.decisions.change_holds(until))) == []
    assert made(list(engine.decisions.change_holds(HOLD))) == ["catalog", "orders"]


def test_one_that_fails_keeps_none_of_the_others_and_the_second_time_completes_it(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = world.ledger.append_decision

    def fails(decision: Decision) -> None:
        if decision.service == "catalog":
            raise LedgerError("ledger", "the disk is full", "make room")
        append(decision)

    with monkeypatch.context() as patch:
        patch.setattr(type(world.ledger), "append_decision", lambda _self, decision: fails(decision))
        changes = list(engine.decisions.change_holds(HOLD))
    assert [(each.service, bool(each.made), str(each.error or "")) for each in changes] == [
        ("billing", True, ""),
        ("catalog", False, "ledger: the disk is full; make room"),
        ("orders", True, ""),
    ]
    assert set(holds(world)) == {"billing", "orders"}
    assert made(list(engine.decisions.change_holds(HOLD))) == ["catalog"]


def test_a_stage_that_there_is_not_is_refused_before_anything_is_held(world: World, engine: Engine) -> None:
    with pytest.raises(UsageError, match="there is no such stage"):
        engine.decisions.change_holds(HoldRequest("hold", "qa", "x"))
    assert holds(world) == {}
