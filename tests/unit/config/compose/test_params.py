"""Facts about the parameters that a compose file gives its services."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.model.deploy_values import OutputValue, SsmValue
from tests.unit.config.compose.test_merge import loaded, refused, service

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.core.model.deploy_values import DeployValue

OWN = "compose: shop\nservices: [{name: orders, %s}]\n"


def compose(*params: str, also: str = "") -> str:
    return f"services: {{billing: {{path: b}}, orders: {{path: o, params: {{{', '.join(params)}}}}}}}\n{also}"


def given(
    folder: Path, text: str, settings: str = "compose: shop\n", stage: str = "prod", name: str = "orders"
) -> dict[str, DeployValue]:
    return dict(service(loaded(folder, settings, text), name).at(stage).deploy.params)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain text", "plain text"),
        ("7", "7"),
        ("1.50", "1.50"),
        ("True", "true"),
        ("'no'", "no"),
        ("no", "no"),
        ("'{\"a\": 1}'", '{"a": 1}'),
        ("'${billing.QueueUrl}'", OutputValue("QueueUrl", "billing")),
        ("'${ssm:/shop/key}'", SsmValue("/shop/key")),
        ("'${env:USER_NAME}'", "${USER_NAME}"),
        ("'x ${env:A}${env:B}'", "x ${A}${B}"),
        ("'of ${sls:stage}'", "of prod"),
        ("'of ${opt:stage}'", "of prod"),
        ("'${opt:stage, \"dev\"}-x'", "prod-x"),
    ],
)
def test_a_parameter_is_what_the_compose_file_says(written: str, value: DeployValue, tmp_path: Path) -> None:
    assert given(tmp_path, compose(f"p: {written}")) == {"p": value}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("'https://${billing.Host}/x'", '"https://${billing.Host}/x" has a variable that is not read here; give it in'),
        ("'${ssm:/aws/reference/secretsmanager/x}'", '"${ssm:/aws/reference/secretsmanager/x}" has a variable that is'),
        ("'${file(x.yml):a}'", '"${file(x.yml):a}" has a variable that is not read here; give it in the service'),
        ("'${env:A, \"b\"}'", '"${env:A, "b"}" has a variable that is not read here; give it in the service'),
        ("'for {stage}'", '"for {stage}" has braces that would be filled in here; give it in the service'),
        ("[a, b]", "is neither text nor a number; give it in the service's `deploy.params` of the configuration"),
        ("{a: b}", "is neither text nor a number; give it in the service's `deploy.params` of the configuration"),
        ("'${db.Url}'", '"db" is not a service; use one of billing, orders'),
    ],
)
def test_what_no_deploy_from_here_can_be_given_is_a_line(written: str, expected: str, tmp_path: Path) -> None:
    first, *more = refused(tmp_path, compose(f"p: {written}"))
    assert first.startswith(f"shop/serverless-compose.yml:1:59: services.orders.params.p: {expected}")
    assert not more


@pytest.mark.parametrize(
    "written", ["'https://${billing.Host}/x'", "[a, b]", "{a: b}", "'for {stage}'", "'${users.Url}'"]
)
def test_what_the_configuration_gives_itself_is_not_asked_for(written: str, tmp_path: Path) -> None:
    settings = OWN % "deploy: {params: {p: own}}"
    text = compose(f"p: {written}", "q: theirs").replace("services: {", "services: {users: {path: u}, ", 1)
    settings = settings.replace("compose: shop", "compose: {path: shop, without: [users]}")
    assert given(tmp_path, text, settings) == {"p": "own", "q": "theirs"}


def test_an_output_of_what_is_left_out_is_a_line(tmp_path: Path) -> None:
    first, *_ = refused(tmp_path, compose("p: '${billing.Url}'"), "compose: {path: shop, without: [billing]}\n")
    what = '"${billing.Url}" is an output of billing, which is left out; give it in the service\'s `deploy.params`'
    assert first == f"shop/serverless-compose.yml:1:59: services.orders.params.p: {what} of the configuration"


def test_the_stage_is_the_one_that_the_cli_gets(tmp_path: Path) -> None:
    settings = OWN % "stages: {prod: {serverless_stage: production}}"
    text = compose("p: 'of ${sls:stage}'", "q: plain")
    assert given(tmp_path, text, settings) == {"p": "of production", "q": "plain"}
    assert given(tmp_path, text, settings, "dev") == {"p": "of dev", "q": "plain"}


COMMON = """\
stages:
  default: {params: {a: default, b: default, c: default}}
  prod: {params: {b: prod, c: prod, d: prod}}
  production: {params: {b: production}}
"""


@pytest.mark.parametrize(
    ("own", "stage", "expected"),
    [
        ("owner: ana", "dev", {"a": "default", "b": "default", "c": "orders"}),
        ("owner: ana", "prod", {"a": "default", "b": "prod", "c": "orders", "d": "prod"}),
        (
            "stages: {prod: {serverless_stage: production}}",
            "prod",
            {"a": "default", "b": "production", "c": "orders"},
        ),
        ("deploy: {params: {b: own, d: own}}", "prod", {"a": "default", "b": "own", "c": "orders", "d": "own"}),
        (
            "stages: {prod: {deploy: {params: {c: own}}}}",
            "prod",
            {"a": "default", "b": "prod", "c": "own", "d": "prod"},
        ),
    ],
)
def test_parameters_of_a_stage_are_those_of_all_its_services(
    own: str, stage: str, expected: dict[str, str], tmp_path: Path
) -> None:
    assert given(tmp_path, compose("c: orders", also=COMMON), OWN % own, stage) == expected
    billing = given(tmp_path, compose("c: orders", also=COMMON), OWN % own, stage, "billing")
    assert billing["c"] == ("prod" if stage == "prod" else "default")


def test_parameters_hold_for_personal_stages_too(tmp_path: Path) -> None:
    (tmp_path / "promote-tui.local.yml").write_text(
        'stages: [{name: mine, aws: {region: eu-west-1, account: "999999999999"}}]\n', encoding="utf-8"
    )
    assert given(tmp_path, compose("p: '${sls:stage}'", "q: '${billing.Url}'"), stage="mine") == {
        "p": "mine",
        "q": OutputValue("Url", "billing"),
    }
