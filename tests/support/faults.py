"""A small HTTP proxy in front of the AWS emulator: it records every AWS call, and spoils those that a test names.

with fault_proxy(aws.url) as faults:
    faults.spoil("DescribeStacks", refuse("Throttling", 400), times=3)
    ... any client with the endpoint `faults.url` ...
    assert faults.actions == [...]

A spoil that was added later goes first; one whose `times` are used up is skipped.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

_HOPS = frozenset({"connection", "content-length", "date", "expect", "keep-alive", "server", "transfer-encoding"})


@dataclass(frozen=True)
class Call:
    """One request: the service and the access key that it was signed for, and what it asked."""

    service: str
    action: str
    access_key: str
    method: str
    path: str
    parameters: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """One answer; `status` 0 hangs up without any."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Forward: TypeAlias = Callable[[], Reply]
Fault: TypeAlias = Callable[[Call, Forward], Reply]
HANG_UP = Reply(0)


def refuse(code: str, status: int = 400, message: str = "refused by the test") -> Fault:
    """Answer with an AWS error instead of asking the emulator."""

    def fault(call: Call, _: Forward) -> Reply:
        if "Action" in call.parameters:
            kind = "Sender" if status < 500 else "Receiver"
            error = f"<Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            xml = f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>"
            return Reply(status, xml.encode(), (("Content-Type", "text/xml"),))
        answer = json.dumps({"__type": code, "message": message}).encode()
        return Reply(status, answer, (("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-errortype", code)))

    return fault


def answer(status: int, body: bytes = b"") -> Fault:
    """Answer with a bare HTTP status, as a load balancer does."""
    return lambda _call, _forward: Reply(status, body)


def delay(seconds: float) -> Fault:
    """Answer late."""

    def fault(_: Call, forward: Forward) -> Reply:
        time.sleep(seconds)  # the test wants it late; nothing is waited for by this
        return forward()

    return fault


def drop_request(_: Call, __: Forward) -> Reply:
    """Hang up before the emulator has heard of it."""
    return HANG_UP


def drop_reply(_: Call, forward: Forward) -> Reply:
    """Let the emulator act, and hang up instead of telling."""
    forward()
    return HANG_UP


@dataclass
class _Spoil:
    action: str
    fault: Fault
    left: int | None
    when: Callable[[Call], bool]


@dataclass
class Faults:
    """The proxy as a test sees it."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    _spoils: list[_Spoil] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)

    @property
    def actions(self) -> list[str]:
        """Every action in the order in which it came, as `service:Action`."""
        with self._lock:
            return [f"{call.service}:{call.action}" for call in self.calls]

    def spoil(
        self,
        action: str,
        fault: Fault,
        *,
        times: int | None = None,
        when: Callable[[Call], bool] = lambda _: True,
    ) -> None:
        """Spoil calls of this action (`*`: of every one) that `when` agrees to, as often as `times` (None: always)."""
        with self._lock:
            self._spoils.insert(0, _Spoil(action, fault, times, when))

    def mend(self) -> None:
        """Let every call through again."""
        with self._lock:
            self._spoils.clear()

    def forget(self) -> None:
        """Begin the record anew."""
        with self._lock:
            self.calls.clear()

    def black_hole(self, _: Call, __: Forward) -> Reply:
        """Take the request and never answer (a fault to spoil calls with)."""
        self._closing.wait()
        return HANG_UP

    def take(self, call: Call) -> Fault | None:
        """Record a call and return what spoils it."""
        with self._lock:
            self.calls.append(call)
            for spoil in self._spoils:
                if spoil.action in {"*", call.action} and spoil.left != 0 and spoil.when(call):
                    spoil.left = None if spoil.left is None else spoil.left - 1
                    return spoil.fault
        return None

    def close(self) -> None:
        """Let go of whoever waits in the black hole."""
        self._closing.set()


@contextlib.contextmanager
def fault_proxy(upstream: str) -> Iterator[Faults]:
    """Run a proxy on a free loopback port in front of the emulator at `upstream`."""
    faults = Faults()
    server = _Server(faults, urlsplit(upstream).netloc)
    faults.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield faults
    finally:
        faults.close()
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def unconnectable() -> Iterator[str]:
    """Return a URL whose port takes no connection and refuses none: connecting to it times out."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # fill the queue that nobody accepts from
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, faults: Faults, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults = faults
        self.upstream = upstream

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that went away: tests make them do so."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        self.close_connection = True
        body = self._body()
        call = _call(self, body)
        fault = self.server.faults.take(call)
        reply = fault(call, lambda: self._forward(body)) if fault else self._forward(body)
        if reply.status:
            self._send(reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _any  # noqa: N815 - http.server's names

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _forward(self, body: bytes) -> Reply:
        connection = http.client.HTTPConnection(self.server.upstream, timeout=120)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in _HOPS}
        try:
            connection.request(self.command, self.path, body, headers)
            got = connection.getresponse()
            kept = tuple((key, value) for key, value in got.getheaders() if key.lower() not in _HOPS)
            return Reply(got.status, got.read(), kept)
        finally:
            connection.close()

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for key, value in reply.headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _call(request: _Handler, body: bytes) -> Call:
    scope = request.headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
    key, service = (scope[0], scope[3]) if len(scope) == 5 else ("", "")
    path = urlsplit(request.path)
    form = "x-www-form-urlencoded" in request.headers.get("Content-Type", "")
    pairs = parse_qs(body.decode(errors="replace") if form else path.query)
    parameters = {name: values[0] for name, values in pairs.items()}
    return Call(service, _action(request, path.path, parameters), key, request.command, path.path, parameters)


def _action(request: _Handler, path: str, parameters: dict[str, str]) -> str:
    """Return the action's name; for services without one, the method and the path."""
    if "Action" in parameters:
        return parameters["Action"]
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return target.rpartition(".")[2]
    if "/operation/" in path:
        return path.rpartition("/operation/")[2]
    return f"{request.command} {path}"
