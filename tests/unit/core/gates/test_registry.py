"""The registry of gates: what stands there once, and what is held to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from promote_tui.config.schema.gates import GateName, Gates
from promote_tui.core.gates.gate import FORWARD, Gate
from promote_tui.core.gates.registry import GATES
from promote_tui.core.gates.safeguards import GATES as SAFEGUARD_GATES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_gate_says_in_a_sentence_what_holds_where_it_is_open(gate: Gate) -> None:
    assert (type(gate).__doc__ or "").strip().endswith(".")
    assert (type(gate).check.__doc__ or "").strip().endswith(".")
    assert gate.kinds


def test_a_name_stands_once() -> None:
    names = [gate.name for gate in GATES]
    assert len(names) == len(set(names)) == len({type(gate) for gate in GATES})


def test_every_gate_class_is_in_the_registry() -> None:
    assert {*_leaves(Gate)} == {type(gate) for gate in GATES}


def _leaves(kind: type) -> Iterator[type]:
    below: list[type] = kind.__subclasses__()
    for each in below:
        yield from _leaves(each) if each.__subclasses__() else (each,)


def test_what_a_stage_may_let_people_override_is_what_the_configuration_takes_there() -> None:
    assert {gate.config_name() for gate in GATES if gate.overridable} == set(get_args(GateName))


def test_every_key_of_a_stages_gates_is_a_gate() -> None:
    assert set(Gates.model_fields) <= {gate.config_name() for gate in GATES}


def test_a_rollback_is_asked_for_nothing_that_only_new_code_has_to_prove() -> None:
    rollback = [gate.name for gate in GATES if "rollback" in gate.kinds]
    assert rollback == [
        "break glass",
        "verified here",
        "stack",
        "account",
        "credentials",
        "target",
        "commit output",
        "template",
        "data",
        "exports",
        *(gate.name for gate in SAFEGUARD_GATES),
        "policy",
        "foreign",
        "decisions",
        "veto",
        "hold",
        "approvals",
    ]
    lenient = [gate.name for gate in GATES if gate.lenient_in]
    assert lenient == [*(gate.name for gate in SAFEGUARD_GATES), "policy", "hold"]
    assert all(gate.kinds >= FORWARD or gate.name == "verified here" for gate in GATES)
