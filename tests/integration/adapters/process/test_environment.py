"""What a child process is told: an allow-list, what the configuration names, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.process.environment import base, secret_values, with_programs
from promote_tui.core.errors import DeployError
from promote_tui.core.model.pipeline import DeploySettings, Service, StackOutput

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment of which everything is known."""
    monkeypatch.setattr("os.environ", {"PATH": "/bin", "HOME": "/home/ana"})


def service(env: Mapping[str, str] | None = None, pass_env: tuple[str, ...] = ()) -> Service:
    settings = DeploySettings(env=tuple((env or {}).items()), pass_env=pass_env)
    return Service("orders", "/repo", ".", (), StackOutput(), settings, ())


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("LANG", True),
        ("LC_ALL", True),
        ("TMPDIR", True),
        ("https_proxy", True),
        ("HTTPS_PROXY", True),
        ("NO_PROXY", True),
        ("SSL_CERT_FILE", True),
        ("NODE_EXTRA_CA_CERTS", True),
        ("npm_config_cache", True),
        ("NPM_CONFIG_CACHE", True),
        ("AWS_CA_BUNDLE", True),
        ("AWS_ENDPOINT_URL", True),
        ("SLS_AWS_MONITORING_FREQUENCY", True),
        ("AWS_PROD_PROFILE", False),
        ("AWS_PROFILE", False),
        ("AWS_ACCESS_KEY_ID", False),
        ("AWS_REGION", False),
        ("AWS_CONFIG_FILE", False),
        ("AWS_ENDPOINT_URL_S3", False),
        ("NODE_OPTIONS", False),
        ("GITHUB_TOKEN", False),
        ("SLS_GIT_COMMIT", False),
        ("PYTHONPATH", False),
    ],
)
def test_only_what_is_on_the_list_reaches_the_child(monkeypatch: pytest.MonkeyPatch, name: str, *, kept: bool) -> None:
    monkeypatch.setattr("os.environ", {"PATH": "/bin", name: "canary"})
    assert (name in base(service())) == kept


def test_cli_is_told_to_be_quiet_and_extra_wins_over_all() -> None:
    told = base(service({"CI": "no", "STAGE_NAME": "x"}), extra={"STAGE_NAME": "y", "NO_COLOR": "2"})
    assert told == {
        "PATH": "/bin",
        "HOME": "/home/ana",
        "CI": "1",
        "NO_COLOR": "2",
        "SLS_TELEMETRY_DISABLED": "1",
        "NODE_NO_WARNINGS": "1",
        "STAGE_NAME": "y",
    }


def test_named_variables_are_passed_and_templates_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.environ", {"PATH": "/bin", "NPM_TOKEN": "t0ken", "USER_KEY": "k3y!", "OTHER": "o"})
    asked = service({"URL": "https://${USER_KEY}@host/${USER_KEY}", "PLAIN": "$HOME {x}"}, ("NPM_TOKEN", "NOT_SET"))
    told = base(asked)
    assert told["NPM_TOKEN"] == "t0ken"
    assert told["URL"] == "https://k3y!@host/k3y!"
    assert told["PLAIN"] == "$HOME {x}"
    assert "NOT_SET" not in told
    assert "USER_KEY" not in told
    assert "OTHER" not in told
    assert set(secret_values(asked)) == {"t0ken", "k3y!", "https://k3y!@host/k3y!"}


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(DeployError) as caught:
        base(service({"TOKEN": "x-${SECRET_THING}"}))
    assert str(caught.value) == (
        "orders: deploy.env TOKEN reads ${SECRET_THING}, which is not set in the environment; "
        "export SECRET_THING, then try again"
    )
    with pytest.raises(DeployError, match="SECRET_THING"):
        secret_values(service({"TOKEN": "x-${SECRET_THING}"}))


@pytest.mark.parametrize(
    "name",
    ["AWS_PROFILE", "AWS_PROD_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "AWS_ROLE_ARN"],
)
def test_other_credentials_cannot_be_named(name: str) -> None:
    for asked in (service({name: "x"}), service(pass_env=(name,))):
        with pytest.raises(DeployError, match=f"may not name {name}"):
            base(asked)


def test_tokens_of_npm_and_passwords_of_proxies_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    ambient = {
        "npm_config_//registry.example/:_authToken": "npm-t0ken",
        "npm_config_cache": "/cache",
        "HTTPS_PROXY": "http://ana:pr0xy@proxy:3128",
        "http_proxy": "http://proxy:3128",
    }
    monkeypatch.setattr("os.environ", ambient)
    assert secret_values(service()) == ("npm-t0ken", "pr0xy")


def test_projects_own_programs_come_first_and_none_from_above_the_repository() -> None:
    told = with_programs({"PATH": "/usr/bin"}, Path("/co/services/orders"), Path("/co"))
    assert told["PATH"].split(":") == [
        "/co/services/orders/node_modules/.bin",
        "/co/services/node_modules/.bin",
        "/co/node_modules/.bin",
        "/usr/bin",
    ]
