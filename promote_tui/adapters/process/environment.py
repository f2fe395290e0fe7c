"""The environment of a child process: an allow-list, and what the configuration names.

Everything that could point a deployer or an AWS SDK at other credentials stays out; the
stage's own come with `extra`.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from promote_tui.core.errors import DeployError
from promote_tui.core.model.deploy_values import KnownValue, is_literal
from promote_tui.core.model.placeholders import fill_variables, variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from promote_tui.core.model.deploy_values import DeployValue
    from promote_tui.core.model.pipeline import Service

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})
_KEPT = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "TMPDIR",
        "LANG",
        "LANGUAGE",
        "TZ",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NODE_EXTRA_CA_CERTS",
        "AWS_CA_BUNDLE",
        "AWS_ENDPOINT_URL",
        "AWS_EC2_METADATA_DISABLED",
        "SLS_AWS_MONITORING_FREQUENCY",
    }
)
_KEPT_BEGINNINGS = ("lc_", "npm_config_")
_ALWAYS = {"CI": "1", "NO_COLOR": "1", "SLS_TELEMETRY_DISABLED": "1", "NODE_NO_WARNINGS": "1"}
_CREDENTIALS = re.compile(
    r"AWS_(?:\w+_)?(?:PROFILE|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|CONFIG_FILE|SHARED_CREDENTIALS_FILE"
    r"|WEB_IDENTITY_TOKEN_FILE|ROLE_ARN|ROLE_SESSION_NAME|CONTAINER_\w+|SECURITY_TOKEN)"
)


def base(service: Service, *, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a child that works for `service`.

    Later ones win: the allow-list, `deploy.pass_env`, `deploy.env`, what keeps the CLI quiet, and
    `extra`. Raises DeployError where `deploy.env` reads a variable that is not set, or where either
    would bring other AWS credentials than the stage's.
    """
    kept = {name: value for name, value in os.environ.items() if _is_kept(name)}
    return kept | _named(service) | _ALWAYS | dict(extra or {})


def secret_values(service: Service) -> tuple[str, ...]:
    """Return the values that no log may show.

    Those of `deploy.pass_env`, those that `deploy.env` and `deploy.params` read from the environment or from AWS,
    alone and as they are filled in, npm's tokens and the passwords of proxies. What they say literally stands
    in a committed file and is no secret. Raises DeployError as `base` does.
    """
    given = (*service.deploy.env, *service.deploy.params)
    public = {text for _, value in given if (text := public_text(value)) is not None}
    filled = [*_variables(service).values(), *parameters(service).values()]
    read = [os.environ[name] for _, value in given if isinstance(value, str) for name in variables(value)]
    values = {value for value in (*_passed(service).values(), *filled, *read, *_ambient_secrets()) if value}
    return tuple(sorted(values - public))


def public_text(value: DeployValue) -> str | None:
    """Return the value where it is no secret: what the configuration says, and what a stack shows; else None."""
    if isinstance(value, KnownValue):
        return None if value.secret else value.text
    return value if isinstance(value, str) and is_literal(value) else None


def parameters(service: Service) -> dict[str, str]:
    """Return the values of `deploy.params` by their names; raises DeployError as `base` does."""
    return {name: _filled(service, f"deploy.params {name}", value) for name, value in service.deploy.params}


def with_programs(environment: Mapping[str, str], folder: Path, root: Path) -> dict[str, str]:
    """Return the environment with the programs of the project's dependencies first on its PATH.

    Those are in node_modules/.bin of `folder` and of the folders above it up to `root`.
    """
    folders = [folder, *(above for above in folder.parents if above == root or root in above.parents)]
    places = [str(each / "node_modules" / ".bin") for each in folders]
    return {**environment, "PATH": os.pathsep.join([*places, environment.get("PATH", os.defpath)])}


def _is_kept(name: str) -> bool:
    lower = name.lower()
    return name in _KEPT or lower in _PROXIES or lower.startswith(_KEPT_BEGINNINGS)


def _named(service: Service) -> dict[str, str]:
    settings = service.deploy
    for name in (*settings.pass_env, *(name for name, _ in settings.env)):
        if _CREDENTIALS.fullmatch(name):
            cause = f"deploy.env and deploy.pass_env may not name {name}: the stage's own credentials are used"
            raise DeployError(service.name, cause, "remove it, and set the stage's aws.profile or aws.role_arn")
    return _passed(service) | _variables(service)


def _passed(service: Service) -> dict[str, str]:
    return {name: os.environ[name] for name in service.deploy.pass_env if name in os.environ}


def _variables(service: Service) -> dict[str, str]:
    return {name: _filled(service, f"deploy.env {name}", value) for name, value in service.deploy.env}


def _filled(service: Service, what: str, value: DeployValue) -> str:
    match value:
        case KnownValue():
            return value.text
        case str():
            return _with_variables(service, what, value)
        case _:
            raise DeployError(service.name, f"{what} was not read from {value}", "plan again")


def _with_variables(service: Service, what: str, template: str) -> str:
    try:
        return fill_variables(template, os.environ)
    except KeyError as missing:
        (variable,) = missing.args
        cause = f"{what} reads ${{{variable}}}, which is not set in the environment"
        raise DeployError(service.name, cause, f"export {variable}, then try again") from None


def _ambient_secrets() -> Iterator[str]:
    for name, value in os.environ.items():
        lower = name.lower()
        if lower.startswith("npm_config_") and "auth" in lower:
            yield value
        if lower in _PROXIES and "@" in value:
            yield _password(value)


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return url
