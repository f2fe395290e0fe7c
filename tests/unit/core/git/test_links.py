"""Addresses on the web, from what git and AWS call things."""

from __future__ import annotations

import pytest

from promote_tui.core.git.links import commit_url, compare_url, console_url

GITHUB, GITLAB = "https://github.com/acme/shop", "https://gitlab.com/acme/web/shop"
CODECOMMIT = "https://eu-west-1.console.aws.amazon.com/codesuite/codecommit/repositories/shop"

COMMITS = [
    ("https://github.com/acme/shop.git", f"{GITHUB}/commit/abc"),
    ("https://github.com/acme/shop/", f"{GITHUB}/commit/abc"),
    ("https://ana:secret@github.com/acme/shop.git", f"{GITHUB}/commit/abc"),
    ("https://x-access-token:ghs_x@github.com:443/acme/shop", f"{GITHUB}/commit/abc"),
    ("git@github.com:acme/shop.git", f"{GITHUB}/commit/abc"),
    ("github.com:acme/shop", f"{GITHUB}/commit/abc"),
    ("ssh://git@github.com:22/acme/shop.git", f"{GITHUB}/commit/abc"),
    ("git://github.com/acme/shop.git", f"{GITHUB}/commit/abc"),
    ("https://github.acme.internal/acme/shop.git", "https://github.acme.internal/acme/shop/commit/abc"),
    ("git@gitlab.com:acme/web/shop.git", f"{GITLAB}/-/commit/abc"),
    ("https://oauth2:t@gitlab.com/acme/web/shop.git", f"{GITLAB}/-/commit/abc"),
    ("git@bitbucket.org:acme/shop.git", "https://bitbucket.org/acme/shop/commits/abc"),
    (
        "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
        f"{CODECOMMIT}/commit/abc?region=eu-west-1",
    ),
    (
        "ssh://KEY@git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop",
        f"{CODECOMMIT}/commit/abc?region=eu-west-1",
    ),
    ("codecommit::eu-west-1://acme-dev@shop", f"{CODECOMMIT}/commit/abc?region=eu-west-1"),
]


@pytest.mark.parametrize(("remote", "expected"), COMMITS)
def test_a_commit_has_its_page_and_no_secret_in_it(remote: str, expected: str) -> None:
    assert commit_url(remote, "abc") == expected


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "/srv/git/shop.git",
        "file:///srv/git/shop.git",
        "../shop",
        "https://git.example.com/acme/shop.git",
        "https://notgithub.com/acme/shop.git",
        "https://github.com/shop",
        "https://github.com/acme/../../evil",
        "https://github.com/acme/sh op",
        "https://github.com/acme/shop\n.git",
        "https://evil.com/?github.com/acme/shop",
        "javascript:alert(1)",
        "git@github.com:acme/[click]",
    ],
)
def test_what_has_no_known_page_has_no_link(remote: str) -> None:
    assert commit_url(remote, "abc") is None
    assert compare_url(remote, "abc", "def") is None


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@github.com:acme/shop.git", f"{GITHUB}/compare/old...new"),
        ("git@gitlab.com:acme/web/shop.git", f"{GITLAB}/-/compare/old...new"),
        ("git@bitbucket.org:acme/shop.git", "https://bitbucket.org/acme/shop/branches/compare/new%0Dold"),
        ("codecommit::eu-west-1://shop", f"{CODECOMMIT}/compare/new/.../old?region=eu-west-1"),
    ],
)
def test_two_commits_are_compared_on_one_page(remote: str, expected: str) -> None:
    assert compare_url(remote, "old", "new") == expected


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
    ],
)
def test_a_stack_has_its_page_in_the_console_of_its_partition(region: str, host: str) -> None:
    url = console_url(region, "arn:aws:cloudformation:x:1:stack/orders/1")
    assert url.startswith(f"https://{host}/cloudformation/home?region={region}#/stacks/stackinfo?stackId=arn%3Aaws")
    assert "/1" not in url.split("stackId=")[1]
