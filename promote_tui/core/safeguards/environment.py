"""The safeguard on secrets in environments: whoever may read a function's settings reads them there.

No finding holds a value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promote_tui.core.safeguards.functions import FUNCTION
from promote_tui.core.safeguards.model import Finding
from promote_tui.core.safeguards.template import UNKNOWN, possible, resources, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.core.model.team_rules import Safeguard
    from promote_tui.core.safeguards.model import PackagedStack
    from promote_tui.core.value import Json

_LOOKS = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}"
    r"|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|[sr]k_live_\w{10,}|AIza[\w-]{30,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"
    r"|[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@"
)
"""Keys of AWS, private keys, tokens of well-known services, JSON Web Tokens, and addresses with a password."""
_NAME = re.compile(
    r"PASS(?:WORD|WD|PHRASE)?|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?", re.IGNORECASE
)
_POINTER = re.compile(
    r"_?(?:ARN|NAME|ID|PATH|URL|URI|TABLE|PARAMETER|PARAM|TTL|SECONDS|EXPIRY|HEADER|BUCKET)$", re.IGNORECASE
)
_ELSEWHERE = re.compile(r"arn:|/|ssm:|https?://[^@\s]*$|\d*$|true$|false$", re.IGNORECASE)
_RESOLVED = re.compile(r"\{\{resolve:(?:secretsmanager|ssm-secure):")


def find_secrets_in_environment(stack: PackagedStack, _wanted: Safeguard) -> Iterator[Finding]:
    """Yield the variables that hold a secret: by what they look like, by their names, or resolved into them."""
    for name, properties in resources(stack.template, FUNCTION):
        for settings in possible(properties.get("Environment")):
            given = settings.get("Variables") if isinstance(settings, dict) else None
            for variables in possible(given):
                if variables is UNKNOWN:
                    yield Finding(name, "its environment is known only to the deploy", unknown=True)
                for key, value in variables.items() if isinstance(variables, dict) else ():
                    yield from _in_variable(name, key, value)


def _in_variable(name: str, key: str, value: Json) -> Iterator[Finding]:
    if any(_RESOLVED.search(text) for text in texts(value)):
        yield Finding(name, f"{key} would hold a resolved secret in plain text")
    elif any(_LOOKS.search(text) for text in texts(value)):
        yield Finding(name, f"{key} looks like a secret")
    elif _NAME.search(key) and not _POINTER.search(key) and any(map(_is_literal, possible(value))):
        yield Finding(name, f"{key} has a secret's name, and its value is in the template")


def _is_literal(value: Json) -> bool:
    return isinstance(value, str) and not _ELSEWHERE.match(value)
