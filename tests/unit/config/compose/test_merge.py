"""Facts about a configuration that takes its services from a compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.config.loader import describe, load
from promote_tui.core.errors import ConfigError
from tests.support.configs import config, problems, write

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.config.loader import Config
    from promote_tui.core.model.pipeline import Service

STAGES = """\
version: 1
project: acme
stages:
  - {name: dev, aws: {region: eu-west-1, account: "111111111111"}}
  - {name: prod, aws: {region: eu-west-1, account: "222222222222"}}
"""
COMPOSE = """\
services:
  billing:
    path: services/billing
  users:
    path: services/users
    config: serverless.users.yml
  orders:
    path: services/orders
    dependsOn: users
    params:
      queueUrl: ${billing.QueueUrl}
      greeting: hello ${sls:stage}
"""
FILE = "shop/serverless-compose.yml"
USER = "user: ana\n"
DEPENDS = "sets the order of releases and of sync; other promotions wait for no service"


def repository(folder: Path, compose: str = COMPOSE, name: str = "serverless-compose.yml") -> Path:
    """Write a compose file at the root of a repository, beside the configuration's folder."""
    (folder / "shop" / ".git").mkdir(parents=True, exist_ok=True)
    path = folder / "shop" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(compose, encoding="utf-8")
    return folder


def loaded(folder: Path, settings: str = "compose: shop\n", compose: str = COMPOSE) -> Config:
    return config(repository(folder, compose), STAGES + settings)


def service(found: Config, name: str) -> Service:
    return found.pipeline.service(name)


def notes(found: Config) -> list[str]:
    return [note for note in found.pipeline.notes if DEPENDS not in note]


def refused(folder: Path, compose: str, settings: str = "compose: shop\n") -> list[str]:
    return problems(repository(folder, compose), STAGES + settings)


def test_one_line_takes_all_services_with_their_folders_and_files(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert [(each.name, each.path, each.file) for each in found.pipeline.services] == [
        ("billing", "services/billing", ""),
        ("users", "services/users", "serverless.users.yml"),
        ("orders", "services/orders", ""),
    ]
    assert {each.repo for each in found.pipeline.services} == {str(tmp_path / "shop")}
    assert service(found, "orders").target("prod").stack == "orders-prod"


@pytest.mark.parametrize(
    ("waits", "expected"),
    [
        ("dependsOn: users", ("users",)),
        ("dependsOn: [users, billing]", ("users", "billing")),
        ("params: {url: '${billing.QueueUrl}'}", ("billing",)),
        ("params: {url: '${billing.Host}', home: '${users.Home}'}", ("billing", "users")),
        ("params: {url: '${sls:stage}', home: '${env:HOME}', plain: 7}", ()),
        ("dependsOn: users, params: {url: '${users.Url}', other: '${billing.Url}'}", ("users", "billing")),
    ],
)
def test_a_service_waits_for_what_it_names_and_for_whose_outputs_it_takes(
    waits: str, expected: tuple[str, ...], tmp_path: Path
) -> None:
    compose = f"services: {{billing: {{path: b}}, users: {{path: u}}, orders: {{path: o, {waits}}}}}\n"
    assert service(loaded(tmp_path, compose=compose), "orders").depends_on == expected


@pytest.mark.parametrize("named", ["shop", "./shop/", "shop/serverless-compose.yml"])
def test_the_folder_is_named_or_the_file(named: str, tmp_path: Path) -> None:
    assert len(loaded(tmp_path, f"compose: {named}\n").pipeline.services) == 3


@pytest.mark.parametrize("name", ["serverless-compose.yaml", "serverless-compose.json"])
def test_the_file_has_the_names_that_the_cli_knows(name: str, tmp_path: Path) -> None:
    repository(tmp_path, '{"services": {"billing": {"path": "b"}}}', name)
    assert [each.name for each in config(tmp_path, STAGES + "compose: shop\n").pipeline.services] == ["billing"]


def test_a_compose_file_below_the_root_has_paths_from_its_own_folder(tmp_path: Path) -> None:
    compose = "services: {billing: {path: ./billing}, users: {path: ../users}}\n"
    repository(tmp_path, compose, "backend/serverless-compose.yml")
    found = config(tmp_path, STAGES + "compose: shop/backend\n")
    assert [each.path for each in found.pipeline.services] == ["backend/billing", "users"]
    assert service(found, "users").repo == str(tmp_path / "shop")


def test_the_configuration_lies_in_the_repository_too(tmp_path: Path) -> None:
    repository(tmp_path)
    (tmp_path / "shop" / "ops").mkdir()
    found = config(tmp_path / "shop" / "ops", STAGES + "compose: ..\n")
    assert service(found, "users").repo == str(tmp_path / "shop")


def test_what_the_configuration_says_of_a_service_comes_first(tmp_path: Path) -> None:
    own = "services:\n  - {name: orders, stack: shop-orders-{stage}, owner: ana}\n  - {name: legacy, repo: old}\n"
    found = loaded(tmp_path, "compose: shop\n" + own.replace("shop-orders-{stage}", "'shop-orders-{stage}'"))
    assert [each.name for each in found.pipeline.services] == ["billing", "users", "orders", "legacy"]
    orders = service(found, "orders")
    assert (orders.owner, orders.path, orders.depends_on) == ("ana", "services/orders", ("users", "billing"))
    assert orders.target("dev").stack == "shop-orders-dev"


def test_the_block_holds_for_all_services_but_those_that_say_otherwise(tmp_path: Path) -> None:
    block = "compose: {path: shop, stack: 'acme-{service}-{stage}', shared: [libs]}\n"
    found = loaded(tmp_path, block + "services: [{name: users, stack: people, shared: []}]\n")
    assert [each.target("dev").stack for each in found.pipeline.services][:2] == ["acme-billing-dev", "people"]
    assert [each.shared for each in found.pipeline.services] == [("libs",), (), ("libs",)]


def test_a_service_that_is_left_out_is_waited_for_by_nobody(tmp_path: Path) -> None:
    found = loaded(tmp_path, "compose: {path: shop, without: [users]}\n")
    assert [each.name for each in found.pipeline.services] == ["billing", "orders"]
    assert service(found, "orders").depends_on == ("billing",)
    assert "serverless-compose.yml: orders depends on users, which is left out, so it waits for nothing there" in [
        note.removeprefix("shop/") for note in notes(found)
    ]


def test_a_component_of_another_kind_is_left_out_and_named(tmp_path: Path) -> None:
    compose = "services: {net: {component: terraform, path: n}, api: {path: a, component: serverless-framework}}\n"
    found = loaded(tmp_path, compose=compose)
    assert [each.name for each in found.pipeline.services] == ["api"]
    assert notes(found) == [
        (
            "shop/serverless-compose.yml: net is of the kind terraform, which only Serverless Compose deploys;"
            " it is left out"
        )
    ]


def test_a_region_of_a_service_holds_in_every_stage_that_has_no_exception(tmp_path: Path) -> None:
    compose = "services: {edge: {path: e, region: us-east-1}}\n"
    own = "services: [{name: edge, stages: {prod: {region: eu-central-1, profile: ops}}}]\n"
    found = loaded(tmp_path, "compose: shop\n" + own, compose)
    assert [target.aws.region for target in service(found, "edge").targets] == ["us-east-1", "eu-central-1"]
    assert notes(found) == [
        f"services.edge.stages.prod.region: {FILE} has us-east-1; eu-central-1 is used, as this file says"
    ]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("path: services/orders", []),
        ("path: ./services/orders/", []),
        ("path: apps/orders", ["path: FILE has services/orders; apps/orders is used, as this file says"]),
        ("file: serverless.yml", []),
        ("file: other.yml", ["file: FILE has serverless.yml; other.yml is used, as this file says"]),
        ("repo: shop", []),
        ("repo: elsewhere", ["repo: FILE has shop; elsewhere is used, as this file says"]),
        ("depends_on: [billing, users]", []),
        ("depends_on: [users]", []),  # it takes an output of billing
        ("depends_on: []", ["depends_on: FILE has users, billing; billing is used, as this file says"]),
        (
            "depends_on: [], deploy: {params: {queueUrl: x}}",
            [
                "depends_on: FILE has users, billing; nothing is used, as this file says",
                "deploy.params.queueUrl: FILE has another value; that of this file is used",
            ],
        ),
        ("deploy: {params: {queueUrl: {output: QueueUrl, service: billing}}}", []),
        ("deploy: {params: {more: x}}", []),
        ("owner: ana", []),
    ],
)
def test_each_difference_between_the_two_files_is_named(own: str, expected: list[str], tmp_path: Path) -> None:
    found = loaded(tmp_path, f"compose: shop\nservices: [{{name: orders, {own}}}]\n")
    words = [f"services.orders.{line.replace('FILE', 'shop/serverless-compose.yml')}" for line in expected]
    assert [note for note in notes(found) if note.startswith("services.")] == words


def test_a_service_of_that_repository_which_the_compose_file_lacks_is_named(tmp_path: Path) -> None:
    own = "services: [{name: legacy, repo: shop, path: legacy}, {name: other, repo: elsewhere}]\n"
    found = loaded(tmp_path, "compose: shop\n" + own, "services: {api: {path: api}}\n")
    assert notes(found) == ["services.legacy: shop/serverless-compose.yml has no such service"]


@pytest.mark.parametrize(
    ("compose", "expected"),
    [
        (
            "services: {api: {path: ../../x}}",
            '1:18: services.api.path: "../../x" leaves the repository or is empty; write',
        ),
        ("services:\n  api:\n    config: x.yml", "2:3: services.api.path: is missing; add it"),
        ("services: {api: {path: '${sls:stage}/api'}}", '1:18: services.api.path: "${sls:stage}/api" depends on a'),
        ("services: {api: {path: 7}}", '1:18: services.api.path: is read as the number 7; put it in quotes: "7"'),
        ("services: {'a b': {path: x}}", '1:12: services.a b: "a b" is not a name; use letters'),
        ("services: {api: {path: x, dependsOn: ap}}", '1:27: services.api.dependsOn: "ap" is not a service; did you'),
        ("services: {api: {path: x, params: {u: '${db.Url}'}}}", '1:36: services.api.params.u: "db" is not a service'),
        (
            "services: {api: {path: x, config: ../x.yml}}",
            '1:27: services.api.config: "../x.yml" is not a configuration',
        ),
        ("services: {api: {path: x, region: here}}", '1:27: services.api.region: "here" is not an AWS region; write'),
        (
            "services: {a: {path: a, dependsOn: b}, b: {path: b, params: {u: '${a.Url}'}}}",
            "1:25: services.a.dependsOn: is a circle (a -> b -> a); remove one of them",
        ),
        ("services: {api: {path: x, params: [1]}}", "1:27: services.api.params: is not a mapping; write key: value"),
        ("services: {api: {path: x, dependsOn: {b: c}}}", "1:27: services.api.dependsOn: names no service; write a"),
        (
            "services: {api: {path: x, dependsOn: [[b]]}}",
            "1:39: services.api.dependsOn[0]: names no service; write its",
        ),
        ("services: {api: {path: x, dependsOn: [7]}}", "1:39: services.api.dependsOn[0]: names no service; write its"),
        ("stages: x\nservices: {api: {path: x}}", "1:1: stages: is not a mapping; write key: value"),
        ("stages: {dev: 1}\nservices: {api: {path: x}}", "1:10: stages.dev: is not a mapping; write key: value"),
        (
            "stages: {dev: {params: x}}\nservices: {api: {path: x}}",
            "1:16: stages.dev.params: is not a mapping; write key: value",
        ),
        ("services: {api: }", "1:12: services.api: is empty; give it a value, or remove the key"),
        ("services: {}", "1:1: services: is missing or empty; list the services"),
        ("service: {}", "1:1: services: is missing or empty; list the services"),
        ("services: [\n", "2:1: is not valid YAML: "),
        ("services: &x {}", "1:1: services: anchors are not supported; write the value out where it is needed"),
    ],
)
def test_a_mistake_in_the_compose_file_is_a_line_at_its_place(compose: str, expected: str, tmp_path: Path) -> None:
    first, *_ = refused(tmp_path, compose)
    assert first.startswith(f"shop/serverless-compose.yml:{expected}")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("compose: shup", '6:1: compose: "shup" has no serverless-compose.yml; correct the path'),
        ("compose: lone", '6:1: compose: "lone" is in no git repository; name one that is'),
        (
            "compose: shop/ts",
            "6:1: compose: serverless-compose.ts is a program, which is not run to read it; list its ",
        ),
        ("compose: https://github.com/acme/shop", '6:1: compose: "https://github.com/acme/shop" is not a path on this'),
        ("compose: git@github.com:acme/shop", '6:1: compose: "git@github.com:acme/shop" is not a path on this machine'),
        ("compose: 7", '6:1: compose: is read as the number 7; put it in quotes: "7"'),
        ("compose: {path: shop, without: [users, orders, billing]}", "6:1: compose: leaves no service that can be"),
        ("compose: {stack: x}", "6:1: compose.path: is missing; add it"),
        ("compose: {path: shop, without: [user]}", '6:33: compose.without[0]: "user" is not a service of shop/server'),
        ("compose: {path: shop, wthout: [user]}", "6:23: compose.wthout: is not a known key; did you mean without?"),
    ],
)
def test_a_mistake_in_the_setting_is_a_line(settings: str, expected: str, tmp_path: Path) -> None:
    for folder, name in (("lone", "serverless-compose.yml"), ("shop/ts", "serverless-compose.ts")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / name).write_text("services: {}\n", encoding="utf-8")
    first, *more = refused(tmp_path, COMPOSE, settings)
    assert first.startswith(f"promote-tui.yml:{expected}")
    assert not more


def test_a_mistake_of_the_compose_file_can_be_put_right_in_the_configuration(tmp_path: Path) -> None:
    compose = "services: {api: {path: '${env:WHERE}'}}\n"
    found = loaded(tmp_path, "compose: shop\nservices: [{name: api, path: api}]\n", compose)
    assert service(found, "api").path == "api"


def test_the_effective_configuration_has_the_services_and_loads_again(tmp_path: Path) -> None:
    loaded(tmp_path)
    shown = describe(tmp_path / "promote-tui.yml")
    (tmp_path / "shown").mkdir()
    again = config(tmp_path / "shown", shown)
    assert [each.path for each in again.pipeline.services] == ["services/billing", "services/users", "services/orders"]
    assert service(again, "orders").depends_on == ("users", "billing")


def test_a_change_of_the_compose_file_is_another_configuration(tmp_path: Path) -> None:
    path = write(repository(tmp_path), STAGES + "compose: shop\n")
    cache = tmp_path / "cache"
    digests = []
    for compose in (COMPOSE, "services: {api: {path: api}}\n", COMPOSE):
        repository(tmp_path, compose)
        found = load(path, cache)
        assert found == load(path, cache) == load(path)
        digests.append(found.pipeline.digest)
    assert digests[0] == digests[2] != digests[1]
    (tmp_path / "shop" / "serverless-compose.yml").unlink()
    with pytest.raises(ConfigError, match=r"has no serverless-compose\.yml"):
        load(path, cache)


def test_a_region_holds_in_the_stage_of_each_user_too(tmp_path: Path) -> None:
    repository(tmp_path, "services: {edge: {path: e, region: us-east-1, params: {p: 'of ${sls:stage}'}}}\n")
    edge = service(
        config(tmp_path, STAGES.replace("name: dev", 'name: "dev-{user}"') + "compose: shop\n", USER), "edge"
    )
    assert {target.stage: target.aws.region for target in edge.targets} == {"dev-ana": "us-east-1", "prod": "us-east-1"}
    assert dict(edge.at("dev-ana").deploy.params) == {"p": "of dev-ana"}
