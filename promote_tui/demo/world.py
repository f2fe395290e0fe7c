"""What the sandbox is made of: three accounts, the project's config file, and what was deployed where."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.demo.emulator import Emulator

REGION = "eu-west-1"
OUTPUT = "DeployedCommit"
ACCOUNTS = {"dev": "111111111111", "staging": "222222222222", "prod": "333333333333"}
CLI = "osls"
SERVICES = {"orders": "shop", "billing": "shop", "catalog": "shop", "webhooks": "webhooks"}
"""Each service with its repository."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deploy of the past: `revision` is a label or a branch of the story; `fails` says that it rolls back."""

    service: str
    stage: str
    revision: str
    fails: bool = False

    @property
    def stack(self) -> str:
        """The stack's name, as the Serverless CLI makes it."""
        return f"{self.service}-{self.stage}"

    @property
    def path(self) -> str:
        """The service's folder in its repository."""
        return "." if SERVICES[self.service] == self.service else f"services/{self.service}"


DEPLOYMENTS = (
    Deployment("webhooks", "staging", "retries"),
    Deployment("webhooks", "staging", "broken", fails=True),  # after the one above: behind, and its last attempt failed
    Deployment("orders", "dev", "feature/partial-refunds"),
    Deployment("orders", "staging", "release-15"),  # diverged from the feature branch on dev
    Deployment("orders", "prod", "release-14"),  # behind
    Deployment("billing", "dev", "ready-14"),
    Deployment("billing", "staging", "release-14"),  # another hash, the same code
    Deployment("billing", "prod", "hotfix"),  # ahead
    Deployment("catalog", "dev", "in-stock-first"),
    Deployment("catalog", "staging", "price-changes"),  # behind
    Deployment("catalog", "prod", "release-13"),  # the same code
    Deployment("webhooks", "dev", "develop"),  # and never on prod
)


def sandbox_environment(folder: Path, emulator: Emulator) -> dict[str, str]:
    """Return what programs of the sandbox see: a home of their own, its accounts, and nothing of the user's AWS.

    Every path below lies in `folder`, so a process of the sandbox can be told by its environment.
    """
    kept = {key: value for key, value in os.environ.items() if not _foreign(key)}
    home = folder / "home"
    places = {
        "HOME": home,
        "TMPDIR": folder / "tmp",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_STATE_HOME": home / ".local" / "state",
        "AWS_CONFIG_FILE": folder / "aws-config",
    }
    return kept | {
        **{name: str(place) for name, place in places.items()},
        "PATH": os.pathsep.join([str(folder / "bin"), os.environ.get("PATH", os.defpath)]),
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "GIT_CONFIG_NOSYSTEM": "1",
        "SLS_AWS_MONITORING_FREQUENCY": "200",
        "SLS_TELEMETRY_DISABLED": "1",
        "PROMOTE_TUI_SANDBOX": "1",
        "NO_PROXY": "127.0.0.1",
    }


def _foreign(name: str) -> bool:
    """Tell whether a variable would lead out of the sandbox: accounts, git settings, folders, proxies, CLI defaults."""
    return name.startswith(("AWS_", "GIT_", "XDG_", "PROMOTE_TUI_", "SLS_", "SERVERLESS_")) or (
        name.lower().endswith("_proxy")
    )


def aws_profiles(emulator: Emulator) -> str:
    """Return the AWS config file: a profile for each account, whose key of twelve digits is the account."""
    return "".join(
        f"[profile acme-{stage}]\n"
        f"aws_access_key_id = {account}\naws_secret_access_key = sandbox\n"
        f"region = {REGION}\nendpoint_url = {emulator.url}\n\n"
        for stage, account in ACCOUNTS.items()
    )


def config_text() -> str:
    """Return promote-tui.yml for the project `acme`, with repositories beside it."""
    return f"""\
version: 1
project: acme
stages:
  - name: dev
    aws: {{profile: acme-dev, region: {REGION}, account: "{ACCOUNTS["dev"]}"}}
    branches: ["*"]
    deploy_on_merge: develop
    confirm: none
  - name: staging
    aws: {{profile: acme-staging, region: {REGION}, account: "{ACCOUNTS["staging"]}"}}
    branches: [develop, main]
    confirm: ask
  - name: prod
    aws: {{profile: acme-prod, region: {REGION}, account: "{ACCOUNTS["prod"]}"}}
    branches: [main]
    confirm: type
services:
  - {{name: orders, repo: shop, path: services/orders, shared: [libs/], owner: shop}}
  - {{name: billing, repo: shop, path: services/billing, shared: [libs/], owner: payments}}
  - {{name: catalog, repo: shop, path: services/catalog, shared: [libs/], owner: shop}}
  - {{name: webhooks, repo: webhooks, owner: payments}}
previews:
  branches: ["feature/*"]
  aws: {{profile: acme-dev, region: {REGION}, account: "{ACCOUNTS["dev"]}"}}
  limit: 3
views:
  - {{name: prod-behind, filter: "stage:prod drift:behind", group_by: owner}}
deploy:
  command: [{CLI}]
  env: {{SLS_AWS_MONITORING_FREQUENCY: "200"}}
"""
