"""One GET on loopback: answers of any status, redirects that are not followed, and servers that do not answer."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.ci.api import Api
from promote_tui.adapters.http import Web
from promote_tui.core.errors import DeployError
from promote_tui.core.model.smoke import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


ODD = {
    "no HTTP": b"hello\r\n",
    "breaks off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "a line too long": b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
    "too many headers": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n",
}


def answering(answer: bytes) -> str:
    """Return the address of a server that answers one request with these bytes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with listener, connection:
            connection.recv(65536)
            with contextlib.suppress(OSError):
                connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


CALLS = {
    "smoke": lambda url: Web().get(url, 60),
    "a list of ci": lambda url: Api(url, {}, 60).get("/x", dict),
    "a status of ci": lambda url: Api(url, {}, 60).post("/x", {}, dict),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_an_answer_that_is_not_http_is_said_in_one_line(answer: bytes, call: Callable[[str], object]) -> None:
    with pytest.raises(DeployError, match="its answer broke off, or is not HTTP") as caught:
        call(answering(answer))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/s3cr3t x", "http://[s3cr3t", "http://127.0.0.1:1/s3cr3tü"])
def test_an_address_that_cannot_be_asked_is_no_part_of_the_reason(address: str) -> None:
    with pytest.raises(DeployError) as caught:
        Web().get(address, 60)
    assert caught.value.cause == "its address, or what is sent with it, is malformed"


def test_a_token_that_no_header_can_hold_is_no_part_of_the_reason() -> None:
    with pytest.raises(DeployError, match="what is sent with it, is malformed") as caught:
        Api("http://127.0.0.1:1", {"Authorization": "Bearer s3cr3t\n"}, 60).get("/x", dict)
    assert "s3cr3t" not in str(caught.value)
