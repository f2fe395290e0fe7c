"""One HTTP exchange: no redirect is followed, every status is an answer, and OpenSSL is loaded when it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promote_tui import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping


def open_url(url: str, seconds: float, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - the library's response
    """Return the response of the URL itself, to be closed; raises OSError or ValueError where there is none.

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
        return request.build_opener(Stay).open(wanted, timeout=seconds)
    except HTTPError as answer:
        return answer


def why(error: Exception, seconds: float) -> str:
    """Return in words why there was no answer, without the address: it may be a secret."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"it did not answer within {seconds:g} s"
    return f"it does not answer: {getattr(reason, 'strerror', None) or type(reason).__name__}"
