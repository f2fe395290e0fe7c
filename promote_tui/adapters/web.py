"""HTTP as a smoke test needs it: one GET, the status that the URL itself answers, and the body's beginning."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from promote_tui import __version__
from promote_tui.core.errors import DeployError
from promote_tui.core.smoke import Answer

if TYPE_CHECKING:
    from io import BufferedIOBase

_BODY = 256 * 1024
_PIECE = 16 * 1024


class Web:
    """The WebReader port, with the proxies and the CA bundle that the environment names."""

    def get(self, url: str, seconds: float) -> Answer:
        """Return what the URL answers within so many seconds; raises DeployError where it does not answer."""
        deadline = time.monotonic() + seconds
        try:
            with contextlib.closing(_opened(url, seconds)) as answer:
                return Answer(answer.status, _text(answer, deadline))
        except (OSError, ValueError) as error:
            raise DeployError(url, _why(error, seconds), "look at the service and at its `smoke`") from error


def _opened(url: str, seconds: float) -> Any:  # noqa: ANN401 - the library's response
    """Return the response of the URL itself: no redirect is followed, and every status is an answer."""
    from urllib import request  # noqa: PLC0415 - it brings OpenSSL, which a start can do without
    from urllib.error import HTTPError  # noqa: PLC0415 - the same

    class Stay(request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - as in the library
            return None

    if urlsplit(url).scheme not in {"http", "https"}:
        msg = "it is no http(s) URL"
        raise ValueError(msg)
    wanted = request.Request(url, headers={"User-Agent": f"promote-tui/{__version__}"})  # noqa: S310 - http(s) only
    try:
        return request.build_opener(Stay).open(wanted, timeout=seconds)
    except HTTPError as answer:
        return answer


def _text(answer: BufferedIOBase, deadline: float) -> str:
    """Return the body's beginning; one that comes in drops is cut off when the time is over."""
    read = b""
    while len(read) < _BODY and (piece := answer.read1(_PIECE)):
        read += piece
        if time.monotonic() > deadline:
            raise TimeoutError
    return read.decode("utf-8", "replace")


def _why(error: Exception, seconds: float) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"it did not answer within {seconds:g} s"
    return f"it does not answer: {getattr(reason, 'strerror', None) or reason or type(reason).__name__}"
