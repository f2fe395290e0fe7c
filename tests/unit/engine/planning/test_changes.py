"""A plan is made whatever may not be asked: it says what it does not know, and stays closed where that matters."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.changes.model import SetChange
from promote_tui.core.changes.stack_drift import PropertyDrift, ResourceDrift
from promote_tui.core.errors import AwsError, TemplateError
from promote_tui.core.package.package import Submission
from promote_tui.core.value import replace

if TYPE_CHECKING:
    from promote_tui.core.planning.plan import Plan
    from tests.support.engine_world import World

BEFORE = {
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "old"}}},
    "Outputs": {"Arn": {"Value": "x", "Export": {"Name": "orders-arn"}}},
}
CHANGE = SetChange("Topic", "AWS::SNS::Topic", "modify", "false", (("DisplayName", "Never"),))
DENIED = AwsError("orders/dev", "no permission for it")


def planned(world: World) -> Plan:
    """The plan of a second commit for dev, which runs the first."""
    world.stacks.deploy(world.target("dev"), world.commit("one"))
    world.commit("two")
    world.inspector.templates.setdefault(world.target("dev").key, BEFORE)
    world.inspector.change_sets[world.target("dev").key] = (CHANGE,)
    return world.engine.plans.make(world.engine.plans.draft("orders", "dev"))


def test_a_change_set_is_asked_for_and_its_changes_are_shown(world: World) -> None:
    found = planned(world).review
    assert (found.predicted, found.unknown, found.warnings) == ("", "", ())
    assert [(each.logical_id, each.action, each.predicted) for each in found.changes] == [("Topic", "modify", False)]


@pytest.mark.parametrize(
    ("denied", "predicted", "unknown", "warning"),
    [
        ("change_set", "no change set: no permission for it", "", ""),
        ("template", "", "the changes are unknown: the deployed template: no permission for it", ""),
        ("exports", "", "", "exports could not be read: no permission for it"),
        ("last_detection", "", "", "unknown whether it overwrites manual changes: no permission for it"),
    ],
)
def test_a_right_that_is_missing_is_said_and_the_plan_is_made(
    denied: str, predicted: str, unknown: str, warning: str, world: World
) -> None:
    world.inspector.errors[denied] = DENIED
    plan = planned(world)
    found = plan.review
    assert (found.predicted, found.unknown) == (predicted, unknown)
    assert found.warnings == ((warning,) if warning else ())
    assert all(each.predicted for each in found.changes) == bool(predicted) or not found.changes
    data = next(gate for gate in plan.gates if gate.name == "data")
    assert data.passed != bool(unknown)


def test_a_template_that_cloudformation_refuses_is_never_ready(world: World) -> None:
    why = "Template format error: Unresolved resource dependencies [Nobody]"
    world.inspector.errors["change_set"] = TemplateError("orders/dev", why)
    plan = planned(world)
    assert (plan.review.predicted, plan.review.refused) == ("CloudFormation refuses the template", why)
    assert not plan.ready
    closed = [gate for gate in plan.gates if not gate.passed]
    assert [(gate.name, gate.reason) for gate in closed] == [("template", f"CloudFormation refuses it: {why}")]


def test_more_than_cloudformation_takes_is_refused_before_the_first_deploy_and_without_asking(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = {f"Out{number}": {"Value": "1"} for number in range(201)}
    template = json.dumps({"Resources": {}, "Outputs": outputs})
    monkeypatch.setattr(type(world.deployer), "submission", lambda *_: Submission(template))
    world.commit("one")
    first = world.engine.plans.make(world.engine.plans.draft("orders", "dev"))
    assert first.review.refused == "the template has 201 outputs, at most 200 are allowed"
    assert not first.ready
    assert not planned(world).ready
    assert "change_set" not in [method for method, _ in world.inspector.called]


def test_an_import_that_cannot_be_asked_about_keeps_the_gate_closed(world: World) -> None:
    world.inspector.export_names[world.target("dev").key] = {"Arn": "orders-arn"}
    world.inspector.errors["importers"] = DENIED
    gate = next(gate for gate in planned(world).gates if gate.name == "exports")
    assert (gate.passed, gate.reason) == (False, "orders-arn would be removed, but its importers are unknown")


def test_who_only_looks_makes_no_change_set(world: World) -> None:
    world.pipeline = replace(world.pipeline, read_only=True)
    found = planned(world).review
    assert found.predicted == "promote-tui was started with --read-only"
    assert "change_set" not in [method for method, _ in world.inspector.called]


def test_a_stack_that_never_was_is_predicted(world: World) -> None:
    world.commit("one")
    found = world.engine.plans.make(world.engine.plans.draft("orders", "dev")).review
    assert found.predicted == "the stack does not exist yet"
    assert {each.action for each in found.changes} == {"add"}


def test_a_template_above_cloudformations_limit_is_predicted_and_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.commit("one")
    size = len(json.dumps(BEFORE))
    monkeypatch.setattr("promote_tui.core.changes.template_limits.BODY", size * 100)
    monkeypatch.setattr(type(world.deployer), "submission", lambda *_: Submission(json.dumps({"A": "x" * size * 100})))
    plan = planned(world)
    found = plan.review
    assert found.predicted == found.refused
    assert found.refused.endswith(f"bytes, at most {size * 100:,} are allowed")
    assert not plan.ready
    assert "change_set" not in [method for method, _ in world.inspector.called]


def test_a_manual_change_that_the_deploy_sets_back_is_warned_of(world: World) -> None:
    key = world.target("dev").key
    world.inspector.drifted[key] = (
        ResourceDrift("Topic", "AWS::SNS::Topic", False, (PropertyDrift("DisplayName", "change", "old", "mine"),)),
    )
    world.inspector.detected[key] = world.clock.at - timedelta(hours=3)
    found = planned(world).review
    assert found.changes[0].overwrites == ("DisplayName",)
    assert found.warnings == ("this deploy overwrites a manual change of Topic, as CloudFormation found 3h ago",)


def test_a_change_names_the_commit_that_touched_its_file(world: World) -> None:
    text = "resources:\n  Resources:\n    Topic:\n      Type: AWS::SNS::Topic\n"
    first = world.repository.commit({"orders/serverless.yml": text}, "one")
    named = world.repository.commit({"orders/serverless.yml": f"{text}# more\n"}, "two")
    world.repository.commit({"orders/handler.js": "3"}, "three")
    world.stacks.deploy(world.target("dev"), first)
    world.inspector.templates[world.target("dev").key] = BEFORE
    world.inspector.change_sets[world.target("dev").key] = (CHANGE,)
    plan = world.engine.plans.make(world.engine.plans.draft("orders", "dev"))
    assert [each.sha for each in plan.review.changes[0].origins] == [named]


def test_a_change_comes_from_the_services_own_configuration_file(world: World) -> None:
    service = replace(world.pipeline.services[0], file="serverless.worker.yml")
    world.pipeline = replace(world.pipeline, services=(service,))
    text = "resources:\n  Resources:\n    Topic:\n      Type: AWS::SNS::Topic\n"
    files = {f"orders/{name}.yml": text for name in ("serverless", "serverless.worker")}
    first = world.repository.commit(files, "one")
    named = world.repository.commit({"orders/serverless.worker.yml": f"{text}# more\n"}, "two")
    world.repository.commit({"orders/serverless.yml": f"{text}# more\n"}, "three")
    world.stacks.deploy(world.target("dev"), first)
    world.inspector.templates[world.target("dev").key] = BEFORE
    world.inspector.change_sets[world.target("dev").key] = (CHANGE,)
    plan = world.engine.plans.make(world.engine.plans.draft("orders", "dev"))
    assert [each.sha for each in plan.review.changes[0].origins] == [named]


def test_a_change_names_the_commit_that_touched_an_included_file(world: World) -> None:
    files = {
        "orders/serverless.yml": "resources: ${file(all.yml)}\n",
        "orders/all.yml": "Resources: ${file(topics/../topics/all.yml):Topics}\na: ${file(../../etc/passwd)}\n",
        "orders/topics/all.yml": "Topics:\n  Topic:\n    Type: AWS::SNS::Topic\n",
    }
    first = world.repository.commit(files, "one")
    world.repository.commit({"orders/serverless.yml": f"{files['orders/serverless.yml']}# more\n"}, "two")
    named = world.repository.commit({"orders/topics/all.yml": f"{files['orders/topics/all.yml']}# more\n"}, "three")
    world.stacks.deploy(world.target("dev"), first)
    world.inspector.templates[world.target("dev").key] = BEFORE
    world.inspector.change_sets[world.target("dev").key] = (CHANGE,)
    plan = world.engine.plans.make(world.engine.plans.draft("orders", "dev"))
    assert [each.sha for each in plan.review.changes[0].origins] == [named]


def test_of_a_configuration_with_more_files_than_are_read_a_plan_is_made(world: World) -> None:
    includes = "".join(f"a{number}: ${{file(f{number}.yml)}}\n" for number in range(200))
    files = {f"orders/f{number}.yml": f"b: ${{file(f{number}.yml)}}\nc: 1\n" for number in range(200)}
    first = world.repository.commit({**files, "orders/serverless.yml": includes}, "one")
    world.repository.commit({"orders/serverless.yml": f"{includes}#\n"}, "two")
    world.stacks.deploy(world.target("dev"), first)
    world.inspector.templates[world.target("dev").key] = BEFORE
    world.inspector.change_sets[world.target("dev").key] = (CHANGE,)
    assert world.engine.plans.make(world.engine.plans.draft("orders", "dev")).review.changes[0].origins == ()
