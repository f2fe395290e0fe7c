"""Values that AWS keeps are read late, all that are missing are named, and nothing else gets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import AwsError, DeployError
from promote_tui.core.model.deploy_values import KnownValue, OutputValue, SecretValue, SsmValue
from promote_tui.core.model.pipeline import DeploySettings
from promote_tui.core.value import replace
from promote_tui.engine.deploy_values import resolve_service
from tests.support.engine_world import Died

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.model.deploy_values import DeployValue
    from promote_tui.core.model.pipeline import Service
    from promote_tui.ports import Job
    from tests.support.engine_world import World

CANARY = "s3cr3t-canary"


def given(world: World, *, env: dict[str, DeployValue] | None = None, **params: DeployValue) -> Service:
    """The service with these values in every stage, in the world's configuration too."""
    found = world.pipeline.service("orders")
    settings = replace(found.deploy, params=tuple(params.items()), env=tuple((env or {}).items()))
    service = replace(found, deploy=settings)
    world.pipeline = replace(world.pipeline, services=(service,))
    return service


def keep(world: World, stage: str, name: str, value: str) -> None:
    world.values.kept[world.target(stage).aws.account, name] = value


def secret(world: World, name: str, value: str) -> None:
    world.values.secrets[world.target("dev").aws.account, name] = value


def params(world: World, service: Service, stage: str = "dev") -> dict[str, DeployValue]:
    return dict(resolve_service(world.context, service, stage).deploy.params)


def test_nobody_is_asked_where_the_configuration_says_every_value(world: World) -> None:
    service = given(world, env={"A": "${HOME}"}, b="{stage}")
    assert resolve_service(world.context, service, "dev") == service.at("dev")
    assert not world.values.asked


def test_each_value_is_read_in_the_stages_own_account_and_parameters_in_one_call(world: World) -> None:
    keep(world, "dev", "/dev/a", "1")
    keep(world, "prod", "/prod/a", "2")
    keep(world, "dev", "/b", "3")
    keep(world, "prod", "/b", "4")
    service = given(world, env={"B": SsmValue("/b")}, a=SsmValue("/{stage}/a"), c=SsmValue("/b"))
    assert params(world, service) == {"a": KnownValue("1"), "c": KnownValue("3")}
    assert params(world, service, "prod") == {"a": KnownValue("2"), "c": KnownValue("4")}
    assert world.values.asked == [("orders/dev", "/b", "/dev/a"), ("orders/prod", "/b", "/prod/a")]
    assert dict(resolve_service(world.context, service, "dev").deploy.env) == {"B": KnownValue("3")}


def test_a_secret_is_taken_whole_or_by_its_key(world: World) -> None:
    secret(world, "plain", "x: y")
    secret(world, "json", '{"user": "ana", "port": 5432, "": "e"}')
    whole, user, port = SecretValue("json"), SecretValue("json", "user"), SecretValue("json", "port")
    service = given(world, a=SecretValue("plain"), b=user, c=port, d=whole)
    assert {name: value.text for name, value in params(world, service).items() if isinstance(value, KnownValue)} == {
        "a": "x: y",
        "b": "ana",
        "c": "5432",
        "d": '{"user": "ana", "port": 5432, "": "e"}',
    }


def test_an_output_is_that_of_the_stack_in_the_same_stage_and_is_no_secret(world: World) -> None:
    world.stacks.deploy(world.target("dev"), world.commit("one"), {"Url": "https://dev"})
    found = params(world, given(world, url=OutputValue("Url", "orders")))
    assert found == {"url": KnownValue("https://dev", secret=False)}


def test_all_that_is_missing_is_named_at_once_with_where_it_was_looked_for(world: World) -> None:
    secret(world, "json", '{"user": null}')
    secret(world, "list", "[1]")
    secret(world, "text", CANARY)
    service = given(
        world,
        env={"TOKEN": SsmValue("/token")},
        a=SecretValue("gone"),
        b=SecretValue("json", "user"),
        c=SecretValue("list", "k"),
        d=SecretValue("text", "k"),
        e=OutputValue("Url", "orders"),
    )
    with pytest.raises(DeployError) as caught:
        resolve_service(world.context, service, "dev")
    assert str(caught.value) == (
        "orders/dev: values are missing in 111111111111, eu-west-1: params a (secret gone: there is none), "
        "params b (secret json, user, which the secret has not got), "
        "params c (secret list, k, which is not a JSON object), params d (secret text, k, which is not a JSON object), "
        "params e (output Url of orders, which is not deployed to dev), env TOKEN (SSM /token: there is none); "
        "deploy orders to dev first; create what is missing, or correct where the configuration looks for it"
    )
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_value_that_no_process_can_be_given_is_named_like_a_missing_one(world: World, text: str) -> None:
    secret(world, "whole", text)
    secret(world, "json", json.dumps({"key": text}))
    service = given(world, env={"A": SecretValue("json", "key")}, a=SecretValue("whole"))
    with pytest.raises(DeployError, match="values are missing") as caught:
        resolve_service(world.context, service, "dev")
    why = "which holds a character that is no text"
    assert f"params a (secret whole, {why}), env A (secret json, key, {why})" in str(caught.value)


@pytest.mark.parametrize("how", ["deploy", "reconcile"])
def test_no_ledger_holds_a_secret_that_aws_repeats_in_its_reason(world: World, how: str) -> None:
    keep(world, "dev", "/a", CANARY)
    given(world, a=SsmValue("/a"))
    world.commit("one")
    world.promote("dev")
    world.commit("two")

    def fails(job: Job, _poll: Callable[[], None]) -> int:
        world.stacks.fail(job.target, f"Value '{CANARY}' at 'environment' failed to satisfy constraint")
        if how == "reconcile":
            raise Died
        return 1

    world.deployer.ship = fails
    run = world.run(world.plan("dev"))
    world.deployer.living.clear()
    found = world.engine.runs.reconcile(run.id) if how == "reconcile" else run
    assert found is not None
    assert "Value '[masked]' at 'environment'" in found.cause
    assert CANARY not in repr([recorded.event for recorded in world.ledger.events(run.id)])


def test_a_missing_value_is_named_before_anything_is_checked_out_or_packaged(world: World) -> None:
    given(world, a=SsmValue("/gone"))
    world.commit("one")
    draft = world.engine.plans.draft("orders", "dev")
    with pytest.raises(DeployError, match=r"missing in 111111111111, eu-west-1: params a \(SSM /gone: there is none\)"):
        world.engine.plans.make(draft)
    assert not world.checkouts.prepared
    assert not world.values.asked[1:]


def test_a_draft_lists_values_without_asking_for_them(world: World) -> None:
    given(world, a=SsmValue("/a"), b="1")
    world.commit("one")
    draft = world.engine.plans.draft("orders", "dev")
    assert [(value.name, value.source) for value in draft.values] == [("a", "SSM /a"), ("b", "configuration")]
    assert not world.values.asked


def test_what_may_not_be_read_is_never_said_to_be_missing(world: World) -> None:
    world.values.refuses = "AccessDenied: not authorized to perform ssm:GetParameters"
    with pytest.raises(AwsError, match="ssm:GetParameters"):
        resolve_service(world.context, given(world, a=SsmValue("/a")), "dev")


def test_a_required_parameter_that_nothing_gives_is_named_before_packaging(world: World) -> None:
    given(world, given="1")
    text = "custom: {a: '${param:given}', b: '${param:commit}', c: '${param:gone}', d: '${param:argument}'}\n"
    world.repository.commit({"orders/serverless.yml": text})
    service = world.pipeline.service("orders")
    settings = replace(service.deploy, args=("--param", "argument=1"))
    world.pipeline = replace(world.pipeline, services=(replace(service, deploy=settings),))
    with pytest.raises(DeployError) as caught:
        world.engine.plans.make(world.engine.plans.draft("orders", "dev"))
    assert str(caught.value) == (
        "orders/dev: orders/serverless.yml asks for parameters that nothing gives: gone; "
        "add them to `deploy.params`, or give them a default in the file"
    )


def test_the_runner_reads_the_values_again_and_no_plan_or_ledger_holds_one(world: World) -> None:
    keep(world, "dev", "/a", CANARY)
    given(world, env={"B": SsmValue("/a")}, a=SsmValue("/a"))
    world.commit("one")
    assert world.promote("dev").has_verdict
    assert len(world.values.asked) >= 2
    kept = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert CANARY.encode() not in kept
    assert CANARY not in repr(resolve_service(world.context, world.pipeline.service("orders"), "dev"))


def test_a_check_gets_no_value_that_aws_keeps(world: World) -> None:
    found = given(world, env={"B": SsmValue("/a"), "C": "1"}, a=SecretValue("x"), c="2").without_kept_values()
    assert (found.deploy.env, found.deploy.params) == ((("C", "1"),), (("c", "2"),))
    assert DeploySettings() == DeploySettings().fill({})
