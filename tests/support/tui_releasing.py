"""Engines with a release: services that depend on each other, ready to go into prod, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.model import GateResult
from promote_tui.core.git.relation import Behind
from promote_tui.core.matrix import CellView
from promote_tui.core.value import replace
from tests.support.fakes import world
from tests.support.fakes.engine import FakeEngine

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Pipeline
    from promote_tui.core.planning.plan import Draft

NEEDS = {"billing": ("catalog", "identity"), "orders": ("catalog",), "checkout": ("billing", "orders")}
UNVERIFIED = GateResult(
    "stage order", passed=False, reason="77d0e4b was never verified in staging", remedy="promote it to staging first"
)


def pipeline() -> Pipeline:
    """Return six services in three waves."""
    plain = world.pipeline("billing", "catalog", "checkout", "emails", "identity", "orders")
    services = tuple(replace(one, depends_on=NEEDS.get(one.name, ())) for one in plain.services)
    return replace(plain, services=services)


def draft(name: str, word: str, old: str, many: int = 3) -> Draft:
    """Return a draft into prod that brings so many commits, the newest of which is `word`."""
    brings = (world.commit(word, f"Change {name} for the better", "ana", 20), *world.COMMITS[1:many])
    return world.draft(name, "prod", brings=brings, onto=world.commit(old))


def ready() -> FakeEngine:
    """Return an engine with a release that may begin: three services in two waves, everything verified."""
    engine = FakeEngine(pipeline())
    engine.script.cells |= {
        ("catalog", "dev"): world.deployed("catalog", "dev", "77d0e4b", hours=1),
        ("catalog", "prod"): world.deployed("catalog", "prod", "5cc1f02", Behind(4), hours=26),
        ("emails", "prod"): world.deployed("emails", "prod", "0aa7c3e", hours=90),
        ("checkout", "prod"): world.deployed("checkout", "prod", "b4471aa", hours=220),
    }
    engine.script.drafts = {
        ("catalog", "prod"): draft("catalog", "77d0e4b", "5cc1f02", 4),
        ("billing", "prod"): draft("billing", "a81be07", "5d90c2e", 2),
        ("orders", "prod"): draft("orders", "8d20b6e", "2c7e914", 5),
    }
    return engine


def blocked() -> FakeEngine:
    """Return an engine whose release is a no-go: a closed gate, a stack that cannot be read, a commit taken away."""
    engine = ready()
    engine.script.cells |= {
        ("emails", "prod"): CellView(world.unreachable("emails", "prod")),
        ("checkout", "prod"): world.deployed("checkout", "prod", "91c2d70", Behind(11), hours=220),
    }
    removes = (world.commit("f00baaa", "Hotfix the VAT number", "joe"),)
    catalog, checkout = draft("catalog", "77d0e4b", "5cc1f02", 4), draft("checkout", "b4471aa", "91c2d70", 5)
    engine.script.drafts |= {
        ("catalog", "prod"): replace(catalog, gates=(UNVERIFIED, *world.PASSED[1:])),
        ("checkout", "prod"): replace(checkout, removes=removes),
    }
    return engine
