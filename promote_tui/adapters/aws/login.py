"""How a person gets new credentials for a profile: read from the AWS config files, never written to them."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.exceptions import BotoCoreError

from promote_tui.adapters.aws.errors import CodeNeededError, DeviceCodeNeededError, LoginCommands
from promote_tui.core.login import Advice, CodeLogin, CommandLogin, console_argv, has_browser, sso_argv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.core.errors import AwsError
    from promote_tui.core.login import Login
    from promote_tui.core.model.pipeline import Aws

_SSO = ("sso_session", "sso_start_url", "sso_account_id")


def login_commands(aws: Aws) -> LoginCommands:
    """Return the profile that is used for this account and region, and how to log in with it, in words."""
    session = _settings_of(aws)
    name = session.profile or "default"
    if aws.profile is None and os.environ.get("AWS_ACCESS_KEY_ID"):
        new = "put new credentials into the environment"
        return LoginCommands("the environment", new, new, aws.region)
    words = "the default profile" if name == "default" else f"profile {name}"
    mfa = f"aws sts get-caller-identity{_option(name)}"
    return LoginCommands(words, _command(chain(profiles(session), name)), mfa, aws.region)


def profiles(session: botocore.session.Session) -> Mapping[str, Mapping[str, Any]]:
    """Return every profile of the AWS config files; none if they cannot be read."""
    try:
        found: Mapping[str, Mapping[str, Any]] = session.full_config.get("profiles", {})
    except (BotoCoreError, OSError, ValueError):
        return {}
    return found


def chain(known: Mapping[str, Mapping[str, Any]], name: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Return the profile and those that its `source_profile` leads to, without repeating one."""
    links: dict[str, Mapping[str, Any]] = {}
    at: str | None = name
    while at is not None and at not in links:
        links[at] = known.get(at, {})
        at = links[at].get("source_profile")
    return list(links.items())


def _settings_of(aws: Aws) -> botocore.session.Session:
    """Return a session to read settings with; it makes no clients, so it needs none of what changes their calls."""
    return botocore.session.Session(profile=aws.profile, include_builtin_handlers=False)


def profile_that_asks(session: botocore.session.Session) -> str | None:
    """Return the profile that needs an MFA code before the session's can be used: itself, or what it builds on."""
    link = _asking(chain(profiles(session), session.profile or "default"))
    return link[0] if link else None


def profiles_that_ask_for(aws: Aws) -> frozenset[str]:
    """Return the profiles that roles were assumed for with a code of a device, the profile's or the configuration's."""
    session = _settings_of(aws)
    own = (session.profile or "default") if aws.mfa else None
    return frozenset(name for name in (own, profile_that_asks(session)) if name)


def _asking(links: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[str, Mapping[str, Any]] | None:
    """Return the first link that needs a code, in the order in which roles are assumed; only a role needs one."""
    return next((link for link in reversed(links) if "mfa_serial" in link[1] and "role_arn" in link[1]), None)


def login_of(aws: Aws, error: AwsError) -> Login:
    """Return the log-in that would fix this failure."""
    session = _settings_of(aws)
    links = chain(profiles(session), session.profile or "default")
    if isinstance(error, DeviceCodeNeededError) and aws.mfa and aws.role_arn:
        return CodeLogin(session.profile or "default", aws.mfa, aws.role_arn)
    asks = _asking(links)
    if isinstance(error, CodeNeededError) and asks is not None:
        name, profile = asks
        return CodeLogin(name, str(profile["mfa_serial"]), str(profile["role_arn"]))
    is_fixed_by_command = error.remedy.startswith("aws ") and error.remedy == login_commands(aws).command
    found = _by_command(links) if is_fixed_by_command else None
    return found or Advice(error.cause, error.remedy)


def _by_command(links: Sequence[tuple[str, Mapping[str, Any]]]) -> CommandLogin | None:
    """Return the command of the AWS CLI that logs in; profiles with one SSO session or one start page share it."""
    browser = has_browser(os.environ, sys.platform)
    for name, profile in links:
        if "sso_session" in profile:
            return CommandLogin(sso_argv(name, browser=browser), f"sso-session {profile['sso_session']}")
        if any(key in profile for key in _SSO):
            page = profile.get("sso_start_url", f"profile {name}")
            return CommandLogin(sso_argv(name, browser=browser), str(page))
        if "login_session" in profile:
            return CommandLogin(console_argv(name, browser=browser), f"profile {name}")
    return None


def _command(links: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Return how to renew the credentials that the chain starts from."""
    for name, profile in links:
        if any(key in profile for key in _SSO):
            return f"aws sso login{_option(name)}"
        if "login_session" in profile:
            return f"aws login{_option(name)}"
        if "credential_process" in profile:
            return "log in with the program that is its credential_process"
    return f"aws configure{_option(links[-1][0])}"


def _option(name: str) -> str:
    return "" if name == "default" else f" --profile {shlex.quote(name)}"
