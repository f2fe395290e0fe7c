"""HTTP as a smoke test needs it: one GET, the status that the URL itself answers, and the body's beginning."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from promote_tui.adapters.http import open_url, why
from promote_tui.core.errors import DeployError
from promote_tui.core.model.smoke import Answer

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
            _plain(url)
            with contextlib.closing(open_url(url, seconds)) as answer:
                return Answer(answer.status, _text(answer, deadline))
        except (OSError, ValueError) as error:
            raise DeployError(url, why(error, seconds), "check the service and its `smoke`") from error


def _plain(url: str) -> None:
    if urlsplit(url).scheme not in {"http", "https"}:
        msg = "it is not an http(s) URL"
        raise ValueError(msg)


def _text(answer: BufferedIOBase, deadline: float) -> str:
    """Return the body's beginning; one that comes in drops is cut off when the time is over."""
    read = b""
    while len(read) < _BODY and (piece := answer.read1(_PIECE)):
        read += piece
        if time.monotonic() > deadline:
            raise TimeoutError
    return read.decode("utf-8", "replace")
