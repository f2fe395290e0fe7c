"""A cell is marked where its functions run other code than the stack was deployed with, and only there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.core.errors import AwsError
from promote_tui.core.model.cells import Deployed
from promote_tui.core.traffic.model import Traffic
from promote_tui.core.value import replace
from promote_tui.engine import code_drift as altered_functions
from tests.support.fakes.deployer import function_resources
from tests.support.fakes.stacks import FakeStacks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.changes.model import Template
    from promote_tui.core.model.pipeline import Target
    from tests.support.aliases import Argument
    from tests.support.engine_world import World

DENIED = AwsError("orders/dev", "not allowed to do that")
NAME = "orders-dev-hello"


def template(code: str = "deployed", called: object = NAME, *, versions: bool = True) -> dict[str, Any]:
    """What the CLI deploys for a function with this code."""
    resources = function_resources("hello", NAME, "key", code)
    resources["HelloLambdaFunction"]["Properties"]["FunctionName"] = called
    return {"Resources": resources if versions else dict([*resources.items()][:1])}


@pytest.fixture
def timed(world: World) -> World:
    """A world whose stacks go by the same clock as its runs."""
    world.stacks = FakeStacks(clock=world.clock)
    return world


@pytest.fixture
def adopted(timed: World) -> World:
    """A world whose dev was deployed by somebody else, with one function that runs what was deployed."""
    timed.stacks.deploy(timed.target("dev"), timed.commit("Add hello"))
    timed.inspector.templates[timed.target("dev").key] = template()
    timed.functions.hashes = {NAME: "deployed", "somebody-elses": "x"}
    return timed


def altered(world: World, stage: str = "dev") -> tuple[str, ...] | None:
    return world.engine.drift.check_code(world.engine.snapshot()).view("orders", stage).altered


def test_a_stage_that_runs_what_was_deployed_is_checked_and_not_marked(adopted: World) -> None:
    assert altered(adopted) == ()


def test_a_function_that_was_changed_by_hand_marks_its_cell(adopted: World) -> None:
    adopted.functions.hashes[NAME] = "changed by hand"
    snapshot = adopted.engine.snapshot()
    assert snapshot.view("orders", "dev").altered is None
    marked = adopted.engine.drift.check_code(snapshot)
    assert marked.view("orders", "dev") == replace(snapshot.view("orders", "dev"), altered=(NAME,), traffic=Traffic())
    assert marked.view("orders", "prod") == snapshot.view("orders", "prod")


def test_a_function_without_versions_is_told_by_the_run_that_deployed_it(timed: World) -> None:
    timed.deployer.functions = ("hello",)
    timed.commit("Add hello")
    timed.promote("dev")
    timed.inspector.templates[timed.target("dev").key] = template(versions=False)
    timed.functions.hashes = {NAME: "changed by hand"}
    assert altered(timed) == (NAME,)
    timed.functions.hashes = {NAME: timed.plan("dev").package.artifacts[0].code}
    timed.inspector.called.clear()
    assert altered(timed) == ()
    assert timed.inspector.called == []


def test_a_stage_that_was_deployed_again_by_somebody_else_is_told_by_its_template(timed: World) -> None:
    timed.deployer.functions = ("hello",)
    timed.commit("Add hello")
    run = timed.promote("dev")
    timed.clock.sleep(60)
    timed.stacks.deploy(timed.target("dev"), run.to_commit)
    timed.inspector.templates[timed.target("dev").key] = template("built elsewhere")
    timed.functions.hashes = {NAME: "built elsewhere"}
    assert altered(timed) == ()


def test_a_function_whose_name_cloudformation_made_up_is_found_by_its_resource(adopted: World) -> None:
    adopted.inspector.templates[adopted.target("dev").key] = template(called={"Fn::Sub": "x"})
    adopted.inspector.physical[adopted.target("dev").key] = {"HelloLambdaFunction": "made-up"}
    adopted.functions.hashes = {"made-up": "changed by hand"}
    assert altered(adopted) == ("made-up",)


def test_a_template_is_read_once_for_each_state_of_a_stack(adopted: World) -> None:
    engine = adopted.engine
    for _ in range(3):
        engine.drift.check_code(engine.snapshot())
    assert adopted.inspector.called == [("template", adopted.target("dev").key)]
    adopted.clock.sleep(60)
    adopted.stacks.deploy(adopted.target("dev"), adopted.commit("Another"))
    engine.drift.check_code(engine.snapshot())
    assert len(adopted.inspector.called) == 2


@pytest.mark.parametrize("denied", ["functions", "template", "resources"])
def test_what_may_not_be_read_is_not_checked(adopted: World, denied: str) -> None:
    adopted.functions.hashes[NAME] = "changed by hand"
    adopted.inspector.templates[adopted.target("dev").key] = template(called={"Ref": "x"})
    if denied == "functions":
        adopted.functions.error = DENIED
    else:
        adopted.inspector.errors[denied] = DENIED
    assert altered(adopted) is None
    if denied == "functions":
        assert adopted.inspector.called == []


def test_functions_of_which_nothing_is_known_are_not_checked_and_a_stack_without_any_is_fine(adopted: World) -> None:
    adopted.inspector.templates[adopted.target("dev").key] = template(versions=False)
    assert altered(adopted) is None
    adopted.inspector.templates[adopted.target("dev").key] = {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    assert altered(adopted) == ()


def test_a_deploy_in_between_marks_nothing(adopted: World, monkeypatch: pytest.MonkeyPatch) -> None:
    adopted.functions.hashes[NAME] = "of the deploy in between"
    kind, read = type(adopted.inspector), type(adopted.inspector).template

    def deploys(self: Argument, target: Target, stack_id: str) -> Template:
        found = read(self, target, stack_id)
        adopted.clock.sleep(1)
        adopted.stacks.deploy(target, "f" * 40)
        return found

    monkeypatch.setattr(kind, "template", deploys)
    assert altered(adopted) is None


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_moves_or_was_rolled_back_is_not_checked(adopted: World, status: str) -> None:
    snapshot = adopted.engine.snapshot()
    view = snapshot.view("orders", "dev")
    assert isinstance(view.cell, Deployed)
    state = view.cell.stack
    moved = replace(state, status=replace(state.status, succeeded=False), status_name=status)
    cells: Mapping[tuple[str, str], Any] = {("orders", "dev"): replace(view, cell=replace(view.cell, stack=moved))}
    assert adopted.engine.drift.check_code(replace(snapshot, cells=cells)).view("orders", "dev").altered is None


def test_of_very_many_templates_some_wait_for_a_refresh(adopted: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(altered_functions, "_PATIENCE", 0.0)
    engine = adopted.engine
    assert engine.drift.check_code(engine.snapshot()).view("orders", "dev").altered is None
    monkeypatch.undo()
    assert engine.drift.check_code(engine.snapshot()).view("orders", "dev").altered == ()
    monkeypatch.setattr(altered_functions, "_PATIENCE", 0.0)
    assert engine.drift.check_code(engine.snapshot()).view("orders", "dev").altered == ()
