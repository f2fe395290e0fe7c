"""Which API knows a repository, and that a token goes nowhere else."""

from __future__ import annotations

import pytest

from promote_tui.core.git.forges import ForgeRepository, find_repository
from promote_tui.core.model.ci import CiSettings

OWN = CiSettings("gitlab", "https://git.acme.test/api/v4/")


@pytest.mark.parametrize(
    ("remote", "settings", "found"),
    [
        (
            "git@github.com:acme/shop.git",
            CiSettings(),
            ForgeRepository("github", "https://api.github.com", "acme/shop"),
        ),
        (
            "https://gitlab.com/acme/web/shop",
            CiSettings(),
            ForgeRepository("gitlab", "https://gitlab.com/api/v4", "acme/web/shop"),
        ),
        (
            "ssh://git@altssh.bitbucket.org:443/acme/shop.git",
            CiSettings(),
            ForgeRepository("bitbucket", "https://api.bitbucket.org/2.0", "acme/shop"),
        ),
        (
            "git@git.acme.test:web/shop.git",
            OWN,
            ForgeRepository("gitlab", "https://git.acme.test/api/v4", "web/shop"),
        ),
        (
            "git@work:acme/shop.git",
            CiSettings("github"),
            ForgeRepository("github", "https://api.github.com", "acme/shop"),
        ),
        ("https://github.evil.test/acme/shop", CiSettings(), None),
        ("https://evil.test/github.com/shop", CiSettings(), None),
        ("https://github.com/acme/../other", CiSettings(), None),
        ("/srv/git/shop.git", OWN, None),
        ("file:///srv/git/shop.git", OWN, None),
        (None, OWN, None),
    ],
)
def test_a_repository_is_known_by_its_whole_host_or_by_the_configuration(
    remote: str | None, settings: CiSettings, found: ForgeRepository | None
) -> None:
    assert find_repository(remote, settings) == found
