"""HTTP: no redirect is followed, every status is an answer, and OpenSSL is loaded when it is needed."""

from __future__ import annotations

import contextlib
import errno
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from promote_tui import __version__
from promote_tui.core.errors import DeployError
from promote_tui.core.model.smoke import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import BufferedIOBase

_BODY = 256 * 1024
_PIECE = 16 * 1024
_LARGEST = 16 * 1024 * 1024


def open_url(url: str, seconds: float, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - the library's response
    """Return the response of the URL itself, which the caller closes; raises OSError or ValueError where there is none.

    Proxies and the CA bundle are those that the environment names. The URL must be http(s): the caller sees to it.
    """
    from urllib import request  # noqa: PLC0415 - it brings OpenSSL, which a start can do without
    from urllib.error import HTTPError  # noqa: PLC0415 - the same

    class Stay(request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    told = {"User-Agent": f"promote-tui/{__version__}", **(headers or {})}
    wanted = request.Request(url, body, told)  # noqa: S310 - http(s) only, as promised
    try:
        with _as_os_errors():
            return request.build_opener(Stay).open(wanted, timeout=seconds)
    except HTTPError as answer:
        return answer


@contextlib.contextmanager
def _as_os_errors() -> Iterator[None]:
    """Raise OSError, or ValueError for an address, in place of what the library raises by classes of its own."""
    from http.client import HTTPException, InvalidURL  # noqa: PLC0415 - it brings OpenSSL

    try:
        yield
    except InvalidURL:
        raise ValueError from None  # it says the address
    except HTTPException:
        raise OSError(errno.EPROTO, "its answer broke off, or is not HTTP") from None


def why(error: Exception, seconds: float) -> str:
    """Return in words why there was no answer, without the address: it may be a secret."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"it did not answer within {seconds:g} s"
    if isinstance(error, ValueError) or isinstance(reason, str):
        return "its address, or what is sent with it, is malformed"
    return f"it does not answer: {getattr(reason, 'strerror', None) or type(reason).__name__}"


def fetch(url: str, seconds: float, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the status and the body that a GET answers within so many seconds; raises OSError or ValueError."""
    deadline, read = time.monotonic() + seconds, b""
    with contextlib.closing(open_url(url, seconds, None, headers)) as answer, _as_os_errors():
        while piece := answer.read1(_PIECE):
            read += piece
            if len(read) > _LARGEST:
                raise OSError(errno.EMSGSIZE, "its answer is too long")
            if time.monotonic() > deadline:
                raise TimeoutError
        return answer.status, read


def post(url: str, seconds: float, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Return the status and the beginning of the body that a POST answers; raises OSError or ValueError."""
    with contextlib.closing(open_url(url, seconds, body, headers)) as answer, _as_os_errors():
        return answer.status, answer.read(_BODY)


class Web:
    """The WebReader port, with the proxies and the CA bundle that the environment names."""

    def get(self, url: str, seconds: float) -> HttpAnswer:
        """Return what the URL answers within so many seconds; raises DeployError where it does not answer."""
        deadline = time.monotonic() + seconds
        try:
            _plain(url)
            with contextlib.closing(open_url(url, seconds)) as answer, _as_os_errors():
                return HttpAnswer(answer.status, _text(answer, deadline))
        except (OSError, ValueError) as error:
            raise DeployError(url, why(error, seconds), "check the service and its `smoke`") from error


def _plain(url: str) -> None:
    if urlsplit(url).scheme not in {"http", "https"}:
        msg = "it is not an http(s) URL"
        raise ValueError(msg)


def _text(answer: BufferedIOBase, deadline: float) -> str:
    """Return the beginning of the body; a slow one is cut off when the time is over."""
    read = b""
    while len(read) < _BODY and (piece := answer.read1(_PIECE)):
        read += piece
        if time.monotonic() > deadline:
            raise TimeoutError
    return read.decode("utf-8", "replace")
