"""Web addresses of what is shown; None where nobody knows the address, and never a secret in it."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias
from urllib.parse import quote

from promote_tui.core.value import Value

Forge: TypeAlias = Literal["github", "gitlab", "bitbucket", "codecommit"]

_URL = re.compile(r"(?:https?|ssh|git)://(?:[^/@\s]*@)?(?P<host>[A-Za-z0-9.-]+)(?::\d+)?/(?P<path>[^\s?#]+)")
_SCP = re.compile(r"(?:[^/@:\s]*@)?(?P<host>[A-Za-z0-9.-]+):(?P<path>[^\s?#:]+)")
_HELPER = re.compile(r"codecommit::(?P<region>[a-z0-9-]+)://(?:[^/@\s]*@)?(?P<name>[\w.-]+)")
_CODECOMMIT = re.compile(r"git-codecommit(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_FORGES: tuple[Forge, ...] = ("github", "gitlab", "bitbucket")
_SAFE_PATH = re.compile(r"[\w.~+-]+(?:/[\w.~+-]+)+", re.ASCII)


class _Home(Value):
    forge: Forge
    at: str
    region: str = ""


def commit_url(remote: str, sha: str) -> str | None:
    """Return the page of a commit, by the address that git fetches from."""
    home = _home(remote)
    if home is None:
        return None
    match home.forge:
        case "github":
            return f"{home.at}/commit/{sha}"
        case "gitlab":
            return f"{home.at}/-/commit/{sha}"
        case "bitbucket":
            return f"{home.at}/commits/{sha}"
        case "codecommit":
            return f"{home.at}/commit/{sha}?region={home.region}"


def compare_url(remote: str, base: str, head: str) -> str | None:
    """Return the page that shows what `head` has and `base` lacks."""
    home = _home(remote)
    if home is None:
        return None
    match home.forge:
        case "github":
            return f"{home.at}/compare/{base}...{head}"
        case "gitlab":
            return f"{home.at}/-/compare/{base}...{head}"
        case "bitbucket":
            return f"{home.at}/branches/compare/{head}%0D{base}"
        case "codecommit":
            return f"{home.at}/compare/{head}/.../{base}?region={home.region}"


def _home(remote: str) -> _Home | None:
    """Return where a repository lives on the web."""
    helper = _HELPER.fullmatch(remote)
    if helper:
        return _codecommit(helper["region"], helper["name"])
    address = _split(remote)
    if address is None:
        return None
    host, path = address
    service = _CODECOMMIT.fullmatch(host)
    if service:
        return _codecommit(service["region"], path.rpartition("/")[2])
    forge = next((name for name in _FORGES if name in host.split(".")), None)
    if forge is None or not _is_safe(path):
        return None
    return _Home(forge, f"https://{host}/{path}")


def split_address(remote: str) -> tuple[str, str] | None:
    """Return the host and the path of a repository, such as `github.com` and `acme/shop`; None where it has none."""
    address = _split(remote)
    return address if address and _is_safe(address[1]) else None


def _split(remote: str) -> tuple[str, str] | None:
    found = _URL.fullmatch(remote) or (None if "://" in remote else _SCP.fullmatch(remote))
    return (found["host"].lower(), found["path"].strip("/").removesuffix(".git")) if found else None


def _is_safe(path: str) -> bool:
    return bool(_SAFE_PATH.fullmatch(path)) and ".." not in path


def _codecommit(region: str, name: str) -> _Home:
    at = f"{_console(region)}/codesuite/codecommit/repositories/{quote(name, safe='')}"
    return _Home("codecommit", at, region)


def console_url(region: str, stack_id: str) -> str:
    """Return the CloudFormation console's page of a stack, in the partition of its region."""
    at = f"{_console(region)}/cloudformation/home?region={region}"
    return f"{at}#/stacks/stackinfo?stackId={quote(stack_id, safe='')}"


def _console(region: str) -> str:
    if region.startswith("us-gov-"):
        return "https://console.amazonaws-us-gov.com"
    if region.startswith("cn-"):
        return f"https://{region}.console.amazonaws.cn"
    return f"https://{region}.console.aws.amazon.com"
