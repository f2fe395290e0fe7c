"""How a person gets new credentials for a profile: read from the AWS config files, never written to them."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.exceptions import BotoCoreError

from promote_tui.adapters.aws_errors import Login

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.core.model import Aws

_SSO = ("sso_session", "sso_start_url", "sso_account_id")


def login_for(aws: Aws) -> Login:
    """Return the profile that is used for this account and region, and how to log in with it."""
    session = botocore.session.Session(profile=aws.profile)
    name = session.profile or "default"
    if aws.profile is None and os.environ.get("AWS_ACCESS_KEY_ID"):
        new = "put new credentials into the environment"
        return Login("the environment", new, new, aws.region)
    words = "the default profile" if name == "default" else f"profile {name}"
    mfa = f"aws sts get-caller-identity{_option(name)}"
    return Login(words, _command(chain(profiles(session), name)), mfa, aws.region)


def profiles(session: botocore.session.Session) -> Mapping[str, Mapping[str, Any]]:
    """Return every profile of the AWS config files; none where they cannot be read."""
    try:
        found: Mapping[str, Mapping[str, Any]] = session.full_config.get("profiles", {})
    except (BotoCoreError, OSError, ValueError):
        return {}
    return found


def chain(known: Mapping[str, Mapping[str, Any]], name: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Return the profile and those that its `source_profile` leads to, each once."""
    links: dict[str, Mapping[str, Any]] = {}
    at: str | None = name
    while at is not None and at not in links:
        links[at] = known.get(at, {})
        at = links[at].get("source_profile")
    return list(links.items())


def asks_for_mfa(session: botocore.session.Session) -> bool:
    """Tell whether the session's profile, or one that it builds on, needs an MFA code."""
    return any("mfa_serial" in profile for _, profile in chain(profiles(session), session.profile or "default"))


def _command(links: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Return what renews the credentials that the chain starts from."""
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
