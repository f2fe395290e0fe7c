"""What a person has to do so that stages can be reached again, and which stages one log-in serves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.model.pipeline import Target
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CODE = re.compile(r"[0-9]{6}")


class CommandLogin(Value):
    """A command of the AWS CLI that asks the person itself; `serves` is all that it logs in to."""

    argv: tuple[str, ...]
    serves: str


class CodeLogin(Value):
    """A code of the MFA device that the profile or the configuration names, for a role."""

    profile: str
    device: str
    role: str

    @property
    def serves(self) -> str:
        """What the code logs in to."""
        return f"profile {self.profile}"


class Advice(Value):
    """Nothing that can be done from here: what is wrong, and what would help."""

    cause: str
    remedy: str

    @property
    def serves(self) -> str:
        """What the advice is about."""
        return self.cause


Login: TypeAlias = CommandLogin | CodeLogin | Advice


class LoginNeed(Value):
    """One log-in, and the targets that it serves."""

    login: Login
    targets: tuple[Target, ...]

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that it serves, each once."""
        return tuple(dict.fromkeys(target.stage for target in self.targets))


def group_logins(found: Iterable[tuple[Target, Login]]) -> tuple[LoginNeed, ...]:
    """Return each log-in once, in the order in which they were found."""
    firsts: dict[tuple[type[Login], str], Login] = {}
    served: dict[tuple[type[Login], str], list[Target]] = {}
    for target, login in found:
        key = (type(login), f"{login.serves} {login.device}" if isinstance(login, CodeLogin) else login.serves)
        firsts.setdefault(key, login)
        served.setdefault(key, []).append(target)
    return tuple(LoginNeed(login, tuple(served[key])) for key, login in firsts.items())


def is_code(text: str) -> bool:
    """Tell whether the text can be an MFA code: six digits."""
    return _CODE.fullmatch(text) is not None


def sso_argv(profile: str, *, browser: bool) -> tuple[str, ...]:
    """Return the command that logs in by IAM Identity Center; without a browser here, by a code to type elsewhere."""
    elsewhere = () if browser else ("--use-device-code", "--no-browser")
    return ("aws", "sso", "login", *_option(profile), *elsewhere)


def console_argv(profile: str, *, browser: bool) -> tuple[str, ...]:
    """Return the command that logs in with the console's credentials."""
    return ("aws", "login", *_option(profile), *(() if browser else ("--remote",)))


def _option(profile: str) -> tuple[str, ...]:
    return () if profile == "default" else ("--profile", profile)


def has_browser(environment: Mapping[str, str], platform: str) -> bool:
    """Tell whether a browser that is opened here comes before the person's eyes: not over ssh, not without a screen."""
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    return platform != "linux" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
