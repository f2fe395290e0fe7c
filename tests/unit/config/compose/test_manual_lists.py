"""Facts about a configuration that lists the services of a compose file by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.config.compose.manual_lists import describe_unlisted
from tests.support.configs import config
from tests.unit.config.compose.test_merge import COMPOSE, FILE, STAGES, repository

if TYPE_CHECKING:
    from pathlib import Path

TAKES = "`compose: shop` takes its services from there"
BILLING = "{name: pay, repo: shop, path: services/billing}"
USERS = "{name: users, repo: shop, path: services/users, file: serverless.users.yml}"
ORDERS = "{name: orders, repo: shop, path: services/orders, depends_on: [%s]}"


def unlisted(folder: Path, *services: str, compose: str = COMPOSE) -> list[str]:
    repository(folder, compose)
    settings = f"services: [{', '.join(services)}]\n" if services else "compose: {path: shop, without: [users]}\n"
    return list(describe_unlisted(config(folder, STAGES + settings).pipeline))


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        ((BILLING, USERS, ORDERS % "pay, users"), []),
        ((BILLING, USERS, ORDERS % "users"), [f"services.orders.depends_on: {FILE} has pay, which this file lacks"]),
        ((BILLING, USERS, ORDERS % ""), [f"services.orders.depends_on: {FILE} has users, pay, which this file lacks"]),
        (
            (USERS, ORDERS % "users"),
            [f"{FILE}: this file lacks its services billing; {TAKES}"],
        ),
        (
            (USERS.replace(".users.yml", ".yml"),),
            [f"{FILE}: this file lacks its services billing, users, orders; {TAKES}"],
        ),
        (("{name: api, repo: elsewhere}",), []),
        (("{name: api, repo: 'https://github.com/acme/shop'}",), []),
        ((), []),  # `compose` is set
    ],
)
def test_what_the_compose_file_has_in_addition_is_named(
    services: tuple[str, ...], expected: list[str], tmp_path: Path
) -> None:
    assert unlisted(tmp_path, *services) == expected


def test_a_component_that_is_not_deployed_from_here_is_not_lacking(tmp_path: Path) -> None:
    compose = "services: {billing: {path: services/billing}, net: {component: terraform, path: net}}\n"
    assert unlisted(tmp_path, BILLING, compose=compose) == []


def test_a_compose_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    (line,) = unlisted(tmp_path, BILLING, compose="services: [\n")
    assert line.startswith(f"{FILE}:2:1: is not valid YAML: ")


def test_a_compose_file_that_cannot_be_read_is_nothing_to_compare_with(tmp_path: Path) -> None:
    (tmp_path / "shop" / "serverless-compose.yml").mkdir(parents=True)
    found = config(tmp_path, STAGES + f"services: [{BILLING}]\n").pipeline
    assert list(describe_unlisted(found)) == []
