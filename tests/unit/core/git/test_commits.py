"""What a path is to its service."""

from __future__ import annotations

import pytest

from promote_tui.core.git.commits import FilePlace, is_shared, path_in_service, place_of
from promote_tui.core.model.pipeline import DeploySettings, Service, StackOutput
from tests.support.values import DEPLOYER


def service(path: str, *shared: str) -> Service:
    return Service("orders", "/repo", path, shared, StackOutput(), DeploySettings(), ())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("services/orders/src/a.ts", ""),
        ("services/orders/serverless.yml", "infrastructure"),
        ("services/orders/serverless.ts", "infrastructure"),
        ("services/orders/resources/table.yml", "infrastructure"),
        ("services/orders/resources", ""),
        ("libs/http/client.ts", "shared"),
        ("libs/resources/table.yml", "infrastructure"),
        ("libsx/a", ""),
    ],
)
def test_a_path_is_infrastructure_shared_or_neither(path: str, expected: FilePlace) -> None:
    assert place_of(service("services/orders/", "libs/"), path, DEPLOYER) == expected


def test_a_path_of_the_service_is_never_shared() -> None:
    assert not is_shared(service(".", "libs"), "libs/a")
    assert is_shared(service("orders", "."), "libs/a")


def test_paths_are_seen_from_the_services_folder() -> None:
    orders = service("services/orders", "libs")
    assert path_in_service(orders, "services/orders/src/a.ts") == "src/a.ts"
    assert path_in_service(orders, "libs/a.ts") == "libs/a.ts"
    assert path_in_service(service("."), "src/a.ts") == "src/a.ts"
