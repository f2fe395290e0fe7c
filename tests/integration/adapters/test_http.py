"""One GET on loopback: answers of any status, redirects that are not followed, and servers that do not answer."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.http import Web
from promote_tui.core.errors import DeployError
from promote_tui.core.model.smoke import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator


class Handler(BaseHTTPRequestHandler):
    """Answers by its path: /STATUS, /drops (a byte now and then), /big, /moved."""

    over = threading.Event()

    def do_GET(self) -> None:
        match self.path:
            case "/drops":
                self._head(200)
                with contextlib.suppress(OSError):
                    while not self.over.wait(0.05):
                        self.wfile.write(b".")
            case "/big":
                self._head(200)
                with contextlib.suppress(OSError):
                    self.wfile.write(b"x" * 1_000_000)
            case "/moved":
                self.send_response(302)
                self.send_header("Location", "/200")
                self.end_headers()
            case path:
                self._head(int(path[1:]))
                self.wfile.write(f"said {path}".encode())

    def _head(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Handler.over.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        Handler.over.set()
        found.shutdown()


@pytest.mark.parametrize("status", [200, 204, 404, 500, 503])
def test_every_status_is_an_answer(server: str, status: int) -> None:
    found = Web().get(f"{server}/{status}", 60)
    assert found.status == status
    assert status == 204 or found.body == f"said /{status}"


def test_a_redirect_is_not_followed(server: str) -> None:
    assert Web().get(f"{server}/moved", 60).status == 302


def test_a_long_answer_is_cut(server: str) -> None:
    found = Web().get(f"{server}/big", 60)
    assert len(found.body) < 300_000
    assert found == HttpAnswer(200, "x" * len(found.body))


def test_an_answer_in_drops_is_given_up(server: str) -> None:
    begun = time.monotonic()
    with pytest.raises(DeployError, match=r"did not answer within 0\.5 s"):
        Web().get(f"{server}/drops", 0.5)
    assert time.monotonic() - begun < 30


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(DeployError, match=r"did not answer within 0\.2 s"):
            Web().get(url, 0.2)


def test_nobody_there_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/"
    with pytest.raises(DeployError, match="it does not answer: Connection refused"):
        Web().get(url, 60)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "https://", "http://[", "no url"])
def test_only_http_is_asked(url: str) -> None:
    with pytest.raises(DeployError):
        Web().get(url, 1)
