"""What a person has to do: one log-in for all that it serves, and the commands for it."""

from __future__ import annotations

import pytest

from promote_tui.core.login import (
    Advice,
    CodeLogin,
    CommandLogin,
    console_argv,
    group_logins,
    has_browser,
    is_code,
    sso_argv,
)
from tests.support.fakes import world

SSO = ("aws", "sso", "login", "--profile", "acme-dev")


def test_what_serves_the_same_is_done_once_by_the_first_command() -> None:
    dev, staging, prod = (world.target("orders", stage) for stage in ("dev", "staging", "prod"))
    code = CodeLogin("acme-prod", "mfa/ana", "role/deploy")
    found = group_logins(
        [
            (dev, CommandLogin(SSO, "sso-session acme")),
            (prod, code),
            (staging, CommandLogin((*SSO[:-1], "acme-staging"), "sso-session acme")),
            (dev, Advice("no credentials", "aws configure")),
        ]
    )
    assert [(need.login, need.stages) for need in found] == [
        (CommandLogin(SSO, "sso-session acme"), ("dev", "staging")),
        (code, ("prod",)),
        (Advice("no credentials", "aws configure"), ("dev",)),
    ]


def test_a_code_for_a_profile_and_a_command_for_it_are_not_the_same() -> None:
    dev = world.target("orders", "dev")
    found = group_logins([(dev, CodeLogin("a", "mfa", "role")), (dev, CommandLogin(SSO, "profile a"))])
    assert len(found) == 2


def test_a_stage_is_named_once() -> None:
    targets = [world.target(name, "dev") for name in ("orders", "billing")]
    (need,) = group_logins((target, CommandLogin(SSO, "sso-session acme")) for target in targets)
    assert (need.stages, len(need.targets)) == (("dev",), 2)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("123456", True),
        ("000000", True),
        ("12345", False),
        ("1234567", False),
        ("12345a", False),
        ("", False),
        ("\u0661" * 6, False),
        ("123456\n", False),
    ],
)
def test_a_code_is_six_digits(text: str, right: bool) -> None:
    assert is_code(text) is right


def test_the_commands_with_and_without_a_browser() -> None:
    assert sso_argv("acme-dev", browser=True) == SSO
    assert sso_argv("acme-dev", browser=False) == (*SSO, "--use-device-code", "--no-browser")
    assert sso_argv("default", browser=True) == ("aws", "sso", "login")
    assert console_argv("acme-dev", browser=True) == ("aws", "login", "--profile", "acme-dev")
    assert console_argv("acme-dev", browser=False) == ("aws", "login", "--profile", "acme-dev", "--remote")


@pytest.mark.parametrize(
    ("environment", "platform", "there"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "1.2.3.4 1 5.6.7.8 22"}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_TTY": "/dev/ttys1"}, "darwin", False),
    ],
)
def test_a_browser_is_here_unless_over_ssh_or_without_a_screen(
    environment: dict[str, str], platform: str, there: bool
) -> None:
    assert has_browser(environment, platform) is there
