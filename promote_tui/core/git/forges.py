"""Which API knows a repository: by the address of its remote, and by what the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.git.links import split_address
from promote_tui.core.model.ci import Provider
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from promote_tui.core.model.ci import CiSettings

_APIS: dict[Provider, str] = {
    "github": "https://api.github.com",
    "gitlab": "https://gitlab.com/api/v4",
    "bitbucket": "https://api.bitbucket.org/2.0",
}
_HOSTS: dict[str, Provider] = {
    "github.com": "github",
    "ssh.github.com": "github",
    "gitlab.com": "gitlab",
    "altssh.gitlab.com": "gitlab",
    "bitbucket.org": "bitbucket",
    "altssh.bitbucket.org": "bitbucket",
}
"""Hosts by their whole name: a token is sent to no other without being told to."""


class ForgeRepository(Value):
    """A repository as its host's API knows it."""

    provider: Provider
    api: str
    path: str


def find_repository(remote: str | None, settings: CiSettings) -> ForgeRepository | None:
    """Return the repository; None where its address or its host is not known."""
    address = split_address(remote or "")
    if address is None:
        return None
    host, path = address
    provider = settings.provider or _HOSTS.get(host)
    return ForgeRepository(provider, settings.api.rstrip("/") or _APIS[provider], path) if provider else None
