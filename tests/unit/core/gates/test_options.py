"""How a person overrides a gate, under the name that the configuration has for it."""

from __future__ import annotations

from promote_tui.core.gates.options import Override, make_override
from tests.support.gates import blocked


def test_an_override_names_the_gate_as_the_configuration_does() -> None:
    gate = blocked("same artifact", "another one", "promote it again")
    assert make_override(gate, "the shop is down") == Override("same_artifact", "the shop is down")
