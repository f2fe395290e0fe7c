"""A service's smoke test: what it is asked after a deploy, and which answer passes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from promote_tui.core.errors import DeployError
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

_OUTPUT = r"\{output\.([A-Za-z0-9]+)\}"
_QUOTED = 80


class SmokeRequest(Value):
    """A URL that has to answer with a status, and with a text in its body (empty: any).

    `{output.NAME}` in the URL is a stack output. It is tried again `retries` times, `wait` seconds apart; one try
    takes at most `timeout` seconds.
    """

    url: str
    status: int = 200
    body: str = ""
    retries: int = 5
    wait: float = 5.0
    timeout: float = 10.0

    @property
    def tries(self) -> int:
        """How often it is tried at most."""
        return 1 + self.retries


class SmokeCommand(Value):
    """A command in the deployed commit's checkout, tried once; `{output.NAME}` in its words is a stack output."""

    argv: tuple[str, ...]

    @property
    def tries(self) -> int:
        """Once: what fails may have changed something."""
        return 1


Smoke: TypeAlias = SmokeRequest | SmokeCommand


class HttpAnswer(Value):
    """What a URL answered; `body` is its beginning as text."""

    status: int
    body: str


def interpolate(text: str, outputs: Mapping[str, str]) -> str:
    """Return the text with the stack's outputs in their places; raises DeployError where the stack lacks one."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in outputs:
            raise DeployError("smoke", f"the stack has no output {name}", "fix the service's `smoke`")
        return outputs[name]

    return re.sub(_OUTPUT, value, text)


def check(request: SmokeRequest, answer: HttpAnswer) -> str:
    """Return in words what is wrong with an answer; empty where nothing is."""
    if answer.status != request.status:
        said = " ".join(answer.body[:_QUOTED].split())
        return f"it answered {answer.status}, {request.status} is expected{f': {said}' if said else ''}"
    if request.body and request.body not in answer.body:
        return f"its answer does not hold {request.body!r}"
    return ""
