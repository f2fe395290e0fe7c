"""Which code serves requests is read from aliases, and a commit that not all requests reach is not verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.cell_state import CellState, state_of
from promote_tui.core.errors import AwsError, Refused
from promote_tui.core.package.artifact_diff import deployed_code
from promote_tui.core.runs.verification import NotVerified, ObservedDeploy, VerifiedBy
from promote_tui.core.traffic.model import AliasRouting, Traffic
from promote_tui.core.value import replace
from promote_tui.engine.manifest_store import load, save
from tests.support.fakes.deployer import function_resources
from tests.support.fakes.stacks import FakeStacks

if TYPE_CHECKING:
    from promote_tui.core.changes.model import Template
    from promote_tui.core.matrix import CellView
    from tests.support.engine_world import World

NAME = "orders-dev-hello"
DENIED = AwsError("orders/dev", "not allowed to call ListAliases")
LIVE = {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "HelloLambdaFunction"}, "Name": "live"}}


def template(code: str = "new") -> Template:
    """What the CLI deploys for a function with this code behind an alias."""
    return {"Resources": {**function_resources("hello", NAME, "key", code), "Live": LIVE}}


@pytest.fixture
def served(world: World) -> World:
    """A world whose dev was deployed by somebody else, with an alias that sends every request to that code."""
    world.stacks = FakeStacks(clock=world.clock)
    world.stacks.deploy(world.target("dev"), world.commit("Add hello"))
    world.inspector.templates[world.target("dev").key] = template()
    world.functions.hashes = {NAME: "new"}
    world.functions.versions = {(NAME, "41"): "old", (NAME, "42"): "new"}
    route(world, ("42", 1.0))
    return world


def route(world: World, *versions: tuple[str, float]) -> None:
    """Set the alias by hand."""
    world.functions.routings = {NAME: (AliasRouting("live", versions), AliasRouting("unused", (("41", 1.0),)))}


def view(world: World) -> CellView:
    return world.engine.drift.check_code(world.engine.snapshot()).view("orders", "dev")


def traffic(world: World) -> Traffic:
    found = view(world).traffic
    assert found is not None
    return found


def test_a_commit_that_every_request_reaches_is_what_the_cell_says(served: World) -> None:
    found = view(served)
    assert found.traffic is not None
    assert (found.traffic.agrees, [each.alias for each in found.traffic.aliases]) == (True, ["live"])
    assert isinstance(found.verification, ObservedDeploy)
    assert state_of(found) is not CellState.TRAFFIC


def test_an_alias_that_was_set_back_by_hand_is_the_headline_and_not_verified(served: World) -> None:
    route(served, ("42", 0.1), ("41", 0.9))
    found = view(served)
    assert state_of(found) is CellState.TRAFFIC
    assert found.verification == NotVerified(f"traffic 90 % on other code: live of {NAME}: 90 % on version 41")


def test_a_version_is_related_to_the_commit_whose_run_deployed_its_code(served: World) -> None:
    served.deployer.functions = ("hello",)
    first = served.commit("Say hello")
    run = served.promote("dev")
    (artifact,) = served.plan("dev").package.artifacts
    served.clock.sleep(60)
    served.stacks.deploy(served.target("dev"), served.commit("Say more"))
    served.functions.versions = {(NAME, "41"): artifact.code, (NAME, "42"): "new"}
    route(served, ("41", 1.0))
    assert run.to_commit == first
    assert traffic(served).headline == f"traffic 100 % on {first[:7]}"


def test_aliases_are_listed_once_a_refresh_and_a_versions_code_is_read_once(served: World) -> None:
    engine = served.engine
    for _ in range(3):
        engine.drift.check_code(engine.snapshot())
    assert served.functions.called == [("aliases", NAME), ("version", NAME, "42"), *[("aliases", NAME)] * 2]


def test_a_stack_without_aliases_costs_no_call(served: World) -> None:
    resources = function_resources("hello", NAME, "key", "new")
    served.inspector.templates[served.target("dev").key] = {"Resources": resources}
    assert traffic(served) == Traffic()
    assert served.functions.called == []


def test_what_a_package_has_on_record_needs_no_template(served: World) -> None:
    served.deployer.functions = ("hello",)
    served.commit("Say hello")
    run = served.promote("dev")
    context = served.context
    manifest = load(context, run.artifacts)
    assert manifest is not None
    assert manifest.aliases == {}
    assert load(context, save(context, replace(manifest, aliases=None))) == replace(manifest, aliases=None)
    served.inspector.called.clear()
    served.functions.hashes = {NAME: manifest.artifacts[0].code}
    assert traffic(served) == Traffic()
    assert served.inspector.called == []


@pytest.mark.parametrize(
    ("trouble", "unread"),
    [
        ("denied", f"the aliases of {NAME}: not allowed to call ListAliases"),
        ("gone", f"{NAME} has no alias live"),
        ("version", f"{NAME} has no version 42"),
    ],
)
def test_what_cannot_be_read_is_said_and_never_called_fine(served: World, trouble: str, unread: str) -> None:
    if trouble == "denied":
        served.functions.denied = DENIED
    elif trouble == "gone":
        served.functions.routings = {}
    else:
        served.functions.versions = {}
    found = view(served)
    assert found.traffic is not None
    assert (found.traffic.agrees, found.traffic.unread) == (None, unread)
    assert isinstance(found.verification, ObservedDeploy)


def test_a_function_whose_code_is_not_known_is_not_judged(served: World) -> None:
    resources = {"HelloLambdaFunction": template()["Resources"]["HelloLambdaFunction"], "Live": LIVE}
    served.inspector.templates[served.target("dev").key] = {"Resources": resources}
    assert deployed_code({"Resources": resources}).aliases == {"HelloLambdaFunction": ("live",)}
    assert traffic(served).unread == f"the deployed code of {NAME} is unknown"


def test_the_next_stage_takes_no_commit_that_not_all_requests_reach(served: World) -> None:
    route(served, ("41", 1.0))
    plan = served.plan("staging")
    (closed,) = [gate for gate in plan.gates if not gate.passed]
    assert closed.name == "stage order"
    assert "traffic 100 % on other code" in closed.reason
    route(served, ("42", 1.0))
    assert served.plan("staging").ready


def test_a_run_asks_again_under_its_lock(served: World) -> None:
    plan = served.plan("staging")
    route(served, ("41", 1.0))
    with pytest.raises(Refused, match="stage order: traffic 100 % on other code"):
        served.run(plan)
    assert served.stacks.stack(served.target("staging")) is None


def test_a_verified_run_is_doubted_as_well(served: World) -> None:
    served.deployer.functions = ("hello",)
    served.commit("Say hello")
    served.promote("dev")
    (artifact,) = served.plan("dev").package.artifacts
    served.inspector.templates[served.target("dev").key] = template(artifact.code)
    served.functions.hashes = {NAME: artifact.code}
    assert isinstance(view(served).verification, VerifiedBy)
