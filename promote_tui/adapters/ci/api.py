"""One API of a host: pages of JSON of a known form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from promote_tui.adapters.http import fetch, post, why
from promote_tui.core.errors import DeployError

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
PAGE = 100
"""Builds on a page."""
_PAGES = 20
_OK = 200
_MADE = frozenset({200, 201})
_REMEDIES = {
    401: ("the token is not accepted (401)", "let the token be one that can read the commit's statuses"),
    403: ("the token may not read it, or asked too often (403)", "let the token read the commit's statuses"),
    404: ("the repository or the commit is not there, or the token may not read it (404)", "push the commit"),
    422: ("the commit is not there (422)", "push the commit"),
    429: ("it was asked too often (429)", "wait, then plan again"),
}


@dataclass(frozen=True, slots=True)
class Api:
    """An API with the headers that prove who asks; they are in no message."""

    base: str
    headers: Mapping[str, str]
    seconds: float

    def pages(self, path: str, form: type[T]) -> Iterator[T]:
        """Yield the pages of a list; the caller takes no more where one is the last. Raises DeployError."""
        for number in range(1, _PAGES + 1):
            yield self._page(f"{self.base}{path}&page={number}", form)
        raise DeployError("ci", f"there are more than {_PAGES * PAGE} builds", "promote another commit")

    def get(self, path: str, form: type[T]) -> T:
        """Return one answer; raises DeployError."""
        return self._page(f"{self.base}{path}", form)

    def post(self, path: str, body: Mapping[str, object], form: type[T]) -> T:
        """Return what a POST of JSON answers; raises DeployError."""
        headers = {**self.headers, "Content-Type": "application/json"}
        try:
            status, answer = post(f"{self.base}{path}", self.seconds, headers, msgspec.json.encode(body))
            if status not in _MADE:
                raise DeployError("ci", f"it answered {status}", "let the token write statuses and deployments")
            return msgspec.json.decode(answer, type=form)
        except msgspec.MsgspecError:
            raise DeployError("ci", "its answer is not what it documents", "check `ci.api`") from None
        except (OSError, ValueError) as error:
            raise DeployError("ci", why(error, self.seconds), "check the network") from None

    def _page(self, url: str, form: type[T]) -> T:
        try:
            status, body = fetch(url, self.seconds, self.headers)
            if status != _OK:
                cause, remedy = _REMEDIES.get(status, (f"it answered {status}", "plan again later"))
                raise DeployError("ci", cause, remedy)
            return msgspec.json.decode(body, type=form)
        except msgspec.MsgspecError:
            raise DeployError("ci", "its answer is not what it documents", "check `ci.api`") from None
        except (OSError, ValueError) as error:
            raise DeployError("ci", why(error, self.seconds), "check the network, then plan again") from None
